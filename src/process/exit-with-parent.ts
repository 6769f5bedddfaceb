import { dlopen } from "bun:ffi";

// From Linux's include/uapi/linux/prctl.h and asm-generic/signal.h.
const parentDeathSignal = 1;
const sigkill = 9;

/**
 * From now on the kernel ends this process when its parent ends, for any reason: a process in a call that never
 * returns can't check that itself. Does nothing if the system's libc can't be called this way.
 */
export function endWithParent(): void {
  if (process.platform !== "linux") return;
  try {
    const { symbols, close } = dlopen("libc.so.6", {
      prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
    });
    symbols.prctl(parentDeathSignal, sigkill, 0, 0, 0);
    close();
  } catch {
    // The parent waits for this process too, and ends it in time.
  }
}

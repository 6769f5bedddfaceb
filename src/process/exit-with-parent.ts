import { dlopen } from "bun:ffi";

// Linux' include/uapi/linux/prctl.h and asm-generic/signal.h.
const parentDeathSignal = 1;
const sigkill = 9;

/**
 * From now on this process ends when the one ends that has started it, however that ends: who waits in a call that
 * never returns can't see to it by itself. Does nothing where the system's libc can't be called so.
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
    // It is waited for by somebody all the same, who ends it in time.
  }
}

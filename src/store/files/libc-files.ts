import { dlopen } from "bun:ffi";
import { stampOf } from "../../token/dependencies.ts";
import { type FastFiles, type Input, isClosedOutput, largestFile, outputInfo } from "./fast-files.ts";

// From Linux's include/uapi. The values are the same on every architecture, unlike that of open's O_NOFOLLOW.
const atCurrentFolder = -100;
const emptyPath = 0x1000;
const basicStats = 0x7ff;
const plainFile = 0o100000;
const pollIn = 1;
const realTime = 0;
/** Bytes: files in /proc report no size. */
const smallest = 128;
// O_CLOEXEC, O_NONBLOCK (opening a pipe must not hang) and O_NOFOLLOW, whose value depends on the architecture.
const openFlags = 0o2004000 | (process.arch === "arm64" ? 0o100000 : 0o400000);

/** Undefined if the system's libc can't be called this way. */
export function libcFiles(): FastFiles | undefined {
  if (process.platform !== "linux") return undefined;
  const libc = openLibc();
  if (!libc) return undefined;
  const { open, read, write, close, statx, poll, setitimer } = libc;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const statBytes = new Uint8Array(256);
  const stat = new DataView(statBytes.buffer);
  const pollBytes = new DataView(new ArrayBuffer(8));

  const noPath = encoder.encode("\0");

  function inspect(path: string): boolean {
    return statx(atCurrentFolder, encoder.encode(`${path}\0`), 0, basicStats, statBytes) === 0;
  }

  /** Reads to the end of a file. @param until wait at most until this time of `performance.now` */
  function readAll(file: number, size: number, until?: number): Input {
    let bytes = new Uint8Array(size);
    let length = 0;
    for (;;) {
      if (until !== undefined && !isReady(file, until - performance.now()))
        return { bytes: bytes.subarray(0, length), isWhole: false, isLate: true };
      const count = Number(read(file, bytes.subarray(length), bytes.length - length));
      if (count <= 0) return { bytes: bytes.subarray(0, length), isWhole: count === 0 };
      length += count;
      if (length > largestFile) return { bytes: bytes.subarray(0, length), isWhole: true };
      if (length < bytes.length) continue;
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
  }

  /** Waits until there is data or the end of the file. @param longest milliseconds */
  function isReady(file: number, longest: number): boolean {
    pollBytes.setInt32(0, file, true);
    pollBytes.setInt32(4, pollIn, true);
    return poll(pollBytes, 1, Math.max(0, Math.min(longest, 2 ** 31 - 1))) !== 0;
  }

  // A system call filter may forbid statx: then every file would look absent, and no change would be detected.
  if (!inspect("/")) return undefined;

  return {
    endWithin(milliseconds) {
      // Interval and value of struct itimerval, each in seconds and microseconds.
      const limit = new BigInt64Array([
        0n,
        0n,
        BigInt(Math.floor(milliseconds / 1000)),
        BigInt((milliseconds % 1000) * 1000),
      ]);
      const given = new BigInt64Array(4);
      if (setitimer(realTime, limit, given) !== 0) return;
      const [, , seconds = 0n, microseconds = 0n] = given;
      const left = Number(seconds) * 1000 + Number(microseconds) / 1000;
      if (left > 0 && left < milliseconds) setitimer(realTime, given, limit);
    },
    readInput: (until) => readAll(0, 4096, until),
    writeOutput(bytes) {
      if (isClosedOutput(this.read(outputInfo)?.text ?? "")) return 0;
      let at = 0;
      while (at < bytes.length) {
        const written = Number(write(1, bytes.subarray(at), bytes.length - at));
        if (written <= 0) break;
        at += written;
      }
      return at;
    },
    read(path) {
      const file = open(encoder.encode(`${path}\0`), openFlags);
      if (file < 0) return undefined;
      try {
        if (statx(file, noPath, emptyPath, basicStats, statBytes) !== 0) return undefined;
        const uid = stat.getUint32(20, true);
        const mode = stat.getUint16(28, true);
        const size = Number(stat.getBigUint64(40, true));
        if ((mode & 0o170000) !== plainFile || size > largestFile) return undefined;
        const { bytes, isWhole } = readAll(file, Math.max(size + 1, smallest));
        return isWhole ? { text: decoder.decode(bytes), uid, mode: mode & 0o7777 } : undefined;
      } finally {
        close(file);
      }
    },
    stamp(path) {
      if (!inspect(path)) return stampOf("absent");
      return stampOf({
        mtime: time(stat, 112),
        ctime: time(stat, 96),
        size: stat.getBigUint64(40, true),
        ino: stat.getBigUint64(32, true),
      });
    },
    owner: (path) => (inspect(path) ? stat.getUint32(20, true) : undefined),
  };
}

/** Nanoseconds since the epoch of statx's struct statx_timestamp. */
function time(stat: DataView, offset: number): bigint {
  return stat.getBigInt64(offset, true) * 1_000_000_000n + BigInt(stat.getUint32(offset + 8, true));
}

function openLibc() {
  try {
    return dlopen("libc.so.6", {
      open: { args: ["buffer", "i32"], returns: "i32" },
      read: { args: ["i32", "buffer", "usize"], returns: "i64" },
      write: { args: ["i32", "buffer", "usize"], returns: "i64" },
      close: { args: ["i32"], returns: "i32" },
      poll: { args: ["buffer", "u64", "i32"], returns: "i32" },
      setitimer: { args: ["i32", "buffer", "buffer"], returns: "i32" },
      statx: { args: ["i32", "buffer", "i32", "u32", "buffer"], returns: "i32" },
    }).symbols;
  } catch {
    return undefined;
  }
}

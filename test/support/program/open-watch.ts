import { dlopen } from "bun:ffi";
import { join } from "node:path";

// From Linux's include/uapi/linux/inotify.h.
const opened = 0x20;
const nonBlocking = 0x800;
const headLength = 16;

/** Records which files in some folders are opened, by any process. Linux only. */
export class OpenWatch {
  readonly #libc = openLibc();
  readonly #inotify: number;
  readonly #folders = new Map<number, string>();

  /** @param folders the watched folders, without their subfolders */
  constructor(folders: readonly string[]) {
    this.#inotify = this.#libc.inotify_init1(nonBlocking);
    for (const folder of folders) {
      const watch = this.#libc.inotify_add_watch(this.#inotify, Buffer.from(`${folder}\0`), opened);
      if (watch < 0) throw new Error(`${folder} can't be watched`);
      this.#folders.set(watch, folder);
    }
  }

  /** Ends the watch. @returns the paths of the opened files, in order */
  end(): string[] {
    const buffer = new Uint8Array(1 << 20);
    const length = Number(this.#libc.read(this.#inotify, buffer, buffer.length));
    this.#libc.close(this.#inotify);
    const view = new DataView(buffer.buffer);
    const paths: string[] = [];
    for (let at = 0; at < length; ) {
      const nameLength = view.getUint32(at + 12, true);
      const name = Buffer.from(buffer.subarray(at + headLength, at + headLength + nameLength)).toString();
      paths.push(join(this.#folders.get(view.getInt32(at, true)) ?? "?", name.replace(/\0+$/, "")));
      at += headLength + nameLength;
    }
    return paths;
  }
}

function openLibc() {
  return dlopen("libc.so.6", {
    inotify_init1: { args: ["i32"], returns: "i32" },
    inotify_add_watch: { args: ["i32", "buffer", "u32"], returns: "i32" },
    read: { args: ["i32", "buffer", "usize"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  }).symbols;
}

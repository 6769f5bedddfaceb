import { dlopen } from "bun:ffi";

const bytesOf = (text: string) => new TextEncoder().encode(`${text}\0`);

/** Lets user 12345 write to a file or folder, as `setfacl -m u:12345:rwx` does. @returns whether the file system supports it */
export function letOtherWrite(path: string): boolean {
  const list = Buffer.alloc(4 + 5 * 8);
  list.writeUInt32LE(2);
  const entries = [
    [1, 7, -1],
    [2, 7, 12_345],
    [4, 5, -1],
    [16, 7, -1],
    [32, 5, -1],
  ] as const;
  for (const [index, [tag, rights, id]] of entries.entries()) {
    list.writeUInt16LE(tag, 4 + index * 8);
    list.writeUInt16LE(rights, 6 + index * 8);
    list.writeInt32LE(id, 8 + index * 8);
  }
  const { symbols } = dlopen("libc.so.6", {
    setxattr: { args: ["buffer", "buffer", "buffer", "usize", "i32"], returns: "i32" },
  });
  return symbols.setxattr(bytesOf(path), bytesOf("system.posix_acl_access"), list, list.length, 0) === 0;
}

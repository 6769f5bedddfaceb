import { dlopen } from "bun:ffi";

const name = new TextEncoder().encode("system.posix_acl_access\0");

/**
 * Whether a file or folder has a POSIX access control list, which may let users write whom its mode does not name: the
 * mode's group bits are then the list's mask, and not the group's rights. Linux with glibc alone: elsewhere false.
 */
export function hasAccessList(path: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    const libc = dlopen("libc.so.6", {
      getxattr: { args: ["buffer", "buffer", "u64", "usize"], returns: "i64" },
    });
    // Only the size is asked for.
    const size = Number(libc.symbols.getxattr(new TextEncoder().encode(`${path}\0`), name, 0, 0));
    libc.close();
    return size > 0;
  } catch {
    return false;
  }
}

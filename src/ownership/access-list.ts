import { dlopen } from "bun:ffi";

const name = new TextEncoder().encode("system.posix_acl_access\0");

/**
 * Whether a file or folder has a POSIX access control list, which may give more users write access than its mode shows:
 * the mode's group bits are then the mask of the list, not the group's rights. Only on Linux with glibc; elsewhere false.
 */
export function hasAccessList(path: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    const libc = dlopen("libc.so.6", {
      getxattr: { args: ["buffer", "buffer", "u64", "usize"], returns: "i64" },
    });
    // With size 0, getxattr returns the length of the value.
    const size = Number(libc.symbols.getxattr(new TextEncoder().encode(`${path}\0`), name, 0, 0));
    libc.close();
    return size > 0;
  } catch {
    return false;
  }
}

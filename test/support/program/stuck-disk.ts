import { spawnSync } from "node:child_process";
import { ownMounts } from "./namespace.ts";

/**
 * Mounts a FUSE file system that answers no request, in an own mount namespace, and runs a command. As on NFS, a process
 * that waits for it runs no signal handler; only a signal that ends the process has an effect.
 */
const script = `
import ctypes, os, struct, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
disk = os.open("/dev/fuse", os.O_RDWR)
options = b"fd=%d,rootmode=40000,user_id=0,group_id=0" % disk
if libc.mount(b"stuck", sys.argv[1].encode(), b"fuse", 0, options) != 0: sys.exit("no FUSE")
request = os.read(disk, 65536)
number, = struct.unpack_from("<Q", request, 8)
os.write(disk, struct.pack("<IiQ4I48x", 80, 0, number, 7, 31, 0, 0))
sys.exit(abs(subprocess.call(sys.argv[2:])))
`;

/** A command prefix: the next argument is the folder of the disk, then comes a command. Undefined if this system has no FUSE. */
export function stuckDisk(folder: string): readonly string[] | undefined {
  const mounts = ownMounts();
  if (!mounts || !Bun.which("python3")) return undefined;
  const [program = "", ...args] = [...mounts, "python3", "-c", script, folder];
  const { status } = spawnSync(program, [...args, "true"], { timeout: 20_000, killSignal: "SIGKILL" });
  return status === 0 ? [program, ...args] : undefined;
}

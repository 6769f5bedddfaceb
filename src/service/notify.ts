import { dlopen } from "bun:ffi";

/** Sends a message to systemd. @returns whether it was sent */
export type Send = (message: string) => boolean;

// From Linux's include/uapi and include/linux/socket.h: the same on x86-64 and arm64.
const unixFamily = 1;
const datagramCloseOnExec = 2 | 0o2000000;
/** MSG_DONTWAIT, MSG_NOSIGNAL: a manager that doesn't read must not block the daemon. */
const sendFlags = 0x40 | 0x4000;
/** The size of sun_path, with the terminating zero. */
const maxPathLength = 108;

/**
 * The protocol of sd_notify(3): a datagram to the socket in NOTIFY_SOCKET, which Node's modules can't send.
 *
 * @param address an absolute path, or "@…" for a name in Linux's abstract namespace
 * @returns undefined if there is no such socket, or libc can't be called
 */
export function openNotifySocket(address: string): Send | undefined {
  const target = socketAddress(address);
  const libc = target && openLibc();
  if (!target || !libc) return undefined;
  const encoder = new TextEncoder();
  return (message) => {
    const socket = libc.socket(unixFamily, datagramCloseOnExec, 0);
    if (socket < 0) return false;
    const bytes = encoder.encode(message);
    const sent = libc.sendto(socket, bytes, bytes.length, sendFlags, target, target.length);
    libc.close(socket);
    return Number(sent) === bytes.length;
  };
}

/** struct sockaddr_un. */
function socketAddress(address: string): Uint8Array | undefined {
  const isAbstract = address.startsWith("@");
  // systemd also knows vsock:, for virtual machines as a whole.
  if (!isAbstract && !address.startsWith("/")) return undefined;
  const path = new TextEncoder().encode(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (path.length > maxPathLength || path.length < 2) return undefined;
  const bytes = new Uint8Array(2 + path.length);
  new DataView(bytes.buffer).setUint16(0, unixFamily, true);
  bytes.set(path, 2);
  return bytes;
}

function openLibc() {
  try {
    return dlopen("libc.so.6", {
      socket: { args: ["i32", "i32", "i32"], returns: "i32" },
      sendto: { args: ["i32", "buffer", "usize", "i32", "buffer", "u32"], returns: "i64" },
      close: { args: ["i32"], returns: "i32" },
    }).symbols;
  } catch {
    return undefined;
  }
}

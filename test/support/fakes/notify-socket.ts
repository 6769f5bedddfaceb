// Simulates systemd's side of sd_notify: binds a datagram socket, and prints each message as a line of JSON.
// Usage: notify-socket.ts ADDRESS ("@NAME": in the abstract namespace)
import { dlopen } from "bun:ffi";

const { symbols } = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "buffer", "u32"], returns: "i32" },
  recv: { args: ["i32", "buffer", "usize", "i32"], returns: "i64" },
});

const [address = ""] = process.argv.slice(2);
const path = Buffer.from(address.startsWith("@") ? `\0${address.slice(1)}` : `${address}\0`);
const bytes = Buffer.concat([Buffer.from([1, 0]), path]);
const socket = symbols.socket(1, 2, 0);
if (symbols.bind(socket, bytes, bytes.length) !== 0) throw new Error(`can't bind ${address}`);
console.log(JSON.stringify("bound"));
const buffer = Buffer.alloc(4096);
for (;;) {
  const length = Number(symbols.recv(socket, buffer, buffer.length, 0));
  if (length < 0) break;
  console.log(JSON.stringify(buffer.toString("utf8", 0, length)));
}

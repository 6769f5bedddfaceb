import { createServer, type Socket } from "node:net";
import { Readable, type Transform } from "node:stream";
import { constants, createBrotliCompress, createGzip, createZstdCompress } from "node:zlib";

/** Milliseconds between two writes: fast enough for gigabytes during a get, without using all of the processor. */
const pace = 3;

const mebibyte = Buffer.alloc(1024 * 1024, "a");
const chunk = Buffer.concat([Buffer.from("100000\r\n"), mebibyte, Buffer.from("\r\n")]);
const ok = "HTTP/1.1 200 OK\r\n";
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

const nested = `{"message":${"[".repeat(400_000)}${"]".repeat(400_000)}}`;

/** Responses of a malicious server by name: the start, and the endless rest. */
export const endlessAnswers: Readonly<
  Record<string, { readonly begin?: string | (() => Promise<Buffer>); readonly forever?: string | Buffer }>
> = {
  "a gigabyte": { begin: `${ok}Content-Length: 1073741824\r\n\r\n`, forever: mebibyte },
  "a body that ends with the connection": { begin: `${ok}Connection: close\r\n\r\n`, forever: mebibyte },
  "chunks without end": { begin: chunked, forever: chunk },
  "chunks of a byte": { begin: chunked, forever: "1\r\na\r\n".repeat(50_000) },
  "the extension of a chunk": { begin: `${chunked}1;x=`, forever: mebibyte },
  "trailers without end": { begin: `${chunked}1\r\na\r\n0\r\n`, forever: "X: aaaaaaaaaa\r\n".repeat(50_000) },
  "headers without end": { begin: ok, forever: "X: aaaaaaaaaaaaaaaa\r\n".repeat(50_000) },
  "a header without end": { begin: `${ok}X: `, forever: mebibyte },
  "a status line without end": { begin: "HTTP/1.1 200 ", forever: mebibyte },
  "informational answers": { forever: "HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000) },
  "an error whose message is nested without end": {
    begin: `HTTP/1.1 400 Bad Request\r\nContent-Length: ${nested.length}\r\n\r\n${nested}`,
  },
  "a quarter of a gigabyte as gzip": compressed("gzip", () => createGzip()),
  "the same as brotli": compressed("br", () => createBrotliCompress(quick)),
  "the same as zstd": compressed("zstd", () => createZstdCompress()),
};

/** Compressed in chunks, because the peak memory of a new process includes that of its parent. */
function compressed(encoding: string, packer: () => Transform) {
  return {
    begin: async () => {
      const pieces = Readable.from(Array.from({ length: 256 }, () => mebibyte));
      const body = Buffer.concat(await pieces.pipe(packer()).toArray());
      const head = `${ok}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`;
      return Buffer.concat([Buffer.from(head), body]);
    },
  };
}

/** A server on the loopback that sends the same response to all clients. */
export async function startEndlessServer(name: string): Promise<{ url: string; stop(): void }> {
  const { begin = "", forever } = endlessAnswers[name] ?? {};
  const first = typeof begin === "string" ? begin : await begin();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", () => {
      socket.write(first);
      if (forever !== undefined) pump(socket, forever);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as { port: number };
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, stop };
}

function pump(socket: Socket, bytes: string | Buffer): void {
  if (socket.destroyed) return;
  const again = () => setTimeout(pump, pace, socket, bytes);
  if (socket.write(bytes)) again();
  else socket.once("drain", again);
}

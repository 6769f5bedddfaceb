import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { ListenAt, Listener } from "./http.ts";
import { strike } from "./strike.ts";
import type { World } from "./world.ts";

/** The options of a proxy. */
export interface ProxyOptions {
  /** The address of the stand-in for port 443 of all hosts. */
  readonly tlsAddress: string;
  readonly tlsPort: number;
  /** Whether the stand-in serves this host. Other hosts are refused, so that no request leaves the machine. */
  readonly serves: (host: string) => boolean;
  /** "user:password"; absent: no login is required. */
  readonly login?: string | undefined;
}

const longestHead = 16_384;

/**
 * An HTTP proxy that connects every CONNECT for one of AWS's hosts to the stand-in. With HTTPS_PROXY, clients use AWS's
 * own host names without changes of /etc/hosts and without root.
 */
export async function startProxy(world: World, options: ProxyOptions, at: ListenAt = {}): Promise<Listener> {
  const { address = "127.0.0.1", port = 0 } = at;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    readHead(client, (head, rest) => void serve(world, options, client, head, rest, keep));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    url: `http://${address}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function readHead(client: Socket, then: (head: string, rest: Buffer) => void): void {
  let received = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf("\r\n\r\n");
    if (end < 0 && received.length > longestHead) client.destroy();
    if (end < 0) return;
    client.off("data", onData);
    client.pause();
    then(received.subarray(0, end).toString("latin1"), received.subarray(end + 4));
  };
  client.on("data", onData);
}

async function serve(
  world: World,
  { tlsAddress, tlsPort, serves, login }: ProxyOptions,
  client: Socket,
  head: string,
  rest: Buffer,
  keep: (socket: Socket) => Socket,
): Promise<void> {
  const [, method = "", target = ""] = /^(\S+) (\S+) HTTP\/1\.[01]/.exec(head) ?? [];
  const call = world.calls.add({
    operation: "Connect",
    host: target,
    detail: `${method} ${target}`,
    at: world.now(),
  });
  const refuse = (status: string, headers = "") => {
    call.outcome = status.slice(0, 3);
    client.end(`HTTP/1.1 ${status}\r\n${headers}content-length: 0\r\nconnection: close\r\n\r\n`);
  };
  const struck = await strike(world, call, client);
  if (struck === "silence") return;
  if (struck) return refuse(`${struck.kind === "fail" ? struck.status : 429} Disturbed`);
  const given = /^proxy-authorization: *basic +(\S+)\s*$/im.exec(head)?.[1] ?? "";
  if (login !== undefined && Buffer.from(given, "base64").toString() !== login) {
    return refuse("407 Proxy Authentication Required", 'proxy-authenticate: Basic realm="proxy"\r\n');
  }
  const host = /^(.+):443$/.exec(target)?.[1];
  if (method !== "CONNECT" || host === undefined || !serves(host)) return refuse("502 Bad Gateway");
  const server = keep(connect(tlsPort, tlsAddress));
  server.once("connect", () => {
    call.outcome = "ok";
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (rest.length > 0) server.write(rest);
    client.pipe(server);
    server.pipe(client);
    client.resume();
  });
  server.once("close", () => client.destroy());
  client.once("close", () => server.destroy());
}

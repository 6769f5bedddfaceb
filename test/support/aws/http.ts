import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificates } from "./certificate.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** The listening address; default 127.0.0.1 and any free port. */
export interface ListenAt {
  readonly address?: string;
  readonly port?: number;
}

export interface Listener {
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
  /** Also closes open connections. */
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Starts an HTTP server; with certificates, an HTTPS one. */
export async function listen(
  handler: Handler,
  { address = "127.0.0.1", port = 0 }: ListenAt = {},
  tls?: Certificates,
): Promise<Listener> {
  const guarded = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      await handler(request, response);
    } catch (error) {
      if (!response.headersSent) response.writeHead(500);
      response.end(`the stand-in failed: ${error instanceof Error ? error.stack : error}`);
    }
  };
  const server = tls ? createTlsServer({ key: tls.key, cert: tls.cert }, guarded) : createServer(guarded);
  // Layers may take any time.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    url: `${tls ? "https" : "http"}://${address}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads the whole body. Only for small requests: layers are streamed. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** @param now milliseconds since the epoch: clients compare the Date header with their own clock */
export function reply(response: ServerResponse, answer: Answer, now: number): void {
  const body = answer.body ?? "";
  response.writeHead(answer.status, {
    date: new Date(now).toUTCString(),
    "content-length": String(Buffer.byteLength(body)),
    ...answer.headers,
  });
  response.end(body);
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

/** The headers as SigV4 requires them: lower-case names, with repeated ones joined. */
export function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );
}

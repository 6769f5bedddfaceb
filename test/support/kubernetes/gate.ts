import { readFileSync } from "node:fs";
import type { Cluster } from "./cluster.ts";

/** A server on the loopback in front of an API server, which can hang and throttle. */
export interface Gate {
  readonly url: string;
  /** Passes every request on. */
  open(): void;
  /** Leaves every request without an answer. */
  hang(): void;
  /** Refuses every request for a second. */
  throttle(): void;
  /** Answers every request with this text and status 200. */
  answer(text: string): void;
  /** The number of requests without an answer. */
  waiting(): number;
  stop(): Promise<void>;
}

export function startGate(plane: Cluster): Gate {
  let mode: "open" | "hang" | "throttle" | "answer" = "open";
  let text = "";
  let waiting: (() => void)[] = [];
  const release = (next: typeof mode) => {
    mode = next;
    for (const each of waiting.splice(0)) each();
    waiting = [];
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      if (mode === "hang") await new Promise<void>((resolve) => waiting.push(resolve));
      if (mode === "throttle") return new Response("", { status: 429, headers: { "retry-after": "1" } });
      if (mode === "answer") return new Response(text);
      const { pathname, search } = new URL(request.url);
      try {
        const answer = await fetch(plane.url + pathname + search, {
          method: request.method,
          headers: request.headers,
          ...(request.method !== "GET" && { body: await request.arrayBuffer() }),
          tls: { ca: readFileSync(plane.caFile, "utf8") },
        });
        return new Response(await answer.arrayBuffer(), { status: answer.status });
      } catch {
        return new Response("", { status: 502 });
      }
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    open: () => release("open"),
    hang: () => release("hang"),
    throttle: () => release("throttle"),
    answer: (next) => {
      text = next;
      release("answer");
    },
    waiting: () => waiting.length,
    stop: async () => {
      release("open");
      await server.stop(true);
    },
  };
}

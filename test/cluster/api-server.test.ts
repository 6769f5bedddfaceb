import assert from "node:assert/strict";
import { ApiServer } from "../../src/cluster/api-server.ts";

describe("ApiServer", () => {
  const servers: { stop(closeAll: boolean): void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop(true);
  });

  /** A client of a server that answers as given, and the times that it slept. */
  function client(
    answer: (request: Request, attempt: number) => Response | Promise<Response>,
    requestLimit = 60_000,
  ) {
    let attempt = 0;
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => answer(request, ++attempt),
    });
    servers.push(server);
    const sleeps: number[] = [];
    const sleep = async (milliseconds: number) => void sleeps.push(milliseconds);
    const access = {
      server: new URL(`http://127.0.0.1:${server.port}/base/`),
      token: { kind: "text", token: "t" },
    } as const;
    const { signal } = new AbortController();
    return {
      api: new ApiServer(access, { env: {}, signal, sleep, requestLimit }),
      sleeps,
      attempts: () => attempt,
    };
  }

  const list = { method: "GET", path: "/api/v1/namespaces", query: { limit: "5" } } as const;

  it("sends the token, and the path below the server's own", async () => {
    const { api } = client((request) =>
      Response.json([
        new URL(request.url).pathname,
        new URL(request.url).search,
        request.headers.get("authorization"),
      ]),
    );
    assert.deepEqual((await api.send(list)).value, ["/base/api/v1/namespaces", "?limit=5", "Bearer t"]);
  });

  it("waits as long as the server asks for, then tries again", async () => {
    const { api, sleeps } = client((_, attempt) =>
      attempt < 3 ? new Response("", { status: 429, headers: { "retry-after": "2" } }) : Response.json({}),
    );
    assert.equal((await api.send(list)).status, 200);
    assert.deepEqual(sleeps, [2_000, 2_000]);
  });

  it("gives up if the server asks for a long wait or stays throttled", async () => {
    for (const [after, attempts] of [
      ["60", 1],
      ["1", 3],
    ] as const) {
      const throttling = client(() => new Response("", { status: 429, headers: { "retry-after": after } }));
      await assert.rejects(throttling.api.send(list), {
        code: "CLUSTER_THROTTLED",
        retryAfter: Number(after) * 1000,
      });
      assert.equal(throttling.attempts(), attempts);
    }
  });

  it("reads the credentials again once after a 401", async () => {
    const { api, attempts } = client(() => Response.json({ message: "Unauthorized" }, { status: 401 }));
    assert.equal((await api.send(list)).status, 401);
    assert.equal(attempts(), 2);
  });

  it("does not read an answer without end, and follows no redirection", async () => {
    const block = new Uint8Array(65_536);
    const endless = client(
      () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(block) })),
    );
    await assert.rejects(endless.api.send(list), { code: "CLUSTER_ANSWER" });
    const elsewhere = client(() => Response.redirect("http://127.0.0.1:1/"));
    assert.equal((await elsewhere.api.send(list)).status, 302);
  });

  it("has a time limit for each request", async () => {
    const { api } = client(() => new Promise(() => {}), 50);
    await assert.rejects(api.send(list), { code: "CLUSTER_UNREACHABLE", message: /no answer within/ });
  });

  it("reports a server that is down", async () => {
    const { api } = client(() => Response.json({}));
    for (const server of servers.splice(0)) server.stop(true);
    await assert.rejects(api.send(list), { code: "CLUSTER_UNREACHABLE" });
  });
});

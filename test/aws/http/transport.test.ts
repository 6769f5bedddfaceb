import assert from "node:assert/strict";
import { rootCertificates } from "node:tls";
import { Transport, type TransportOptions } from "../../../src/aws/http/transport.ts";
import { TransportError, type TransportProblem } from "../../../src/aws/http/transport-error.ts";
import { type StandIn, startAws } from "../../support/aws/stand-in.ts";

const apiUrl = "https://api.ecr.us-east-1.amazonaws.com/";

describe("Transport", () => {
  let aws: StandIn;
  const servers: { stop(closeActive: boolean): unknown }[] = [];
  before(async () => {
    aws = await startAws({ proxyLogin: "someone:proxy-password" });
  });
  afterEach(() => {
    aws.controls.reset();
    for (const server of servers.splice(0)) server.stop(true);
  });
  after(() => aws.stop());

  const transport = (options: Partial<TransportOptions> = {}) =>
    new Transport({
      env: {},
      bundle: aws.ca,
      signal: new AbortController().signal,
      requestLimit: 5_000,
      now: Date.now,
      ...options,
    });
  const serve = (answer: (request: Request) => Response | Promise<Response>) => {
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
    servers.push(server);
    return `http://127.0.0.1:${server.port}/`;
  };
  const byProxy = (login = "someone:proxy-password@") => ({
    HTTPS_PROXY: aws.urls.proxy.replace("//", `//${login}`),
  });
  const problemOf = async (way: Transport, url: string, expected: TransportProblem) => {
    await assert.rejects(way.send(new Request(url)), (error) => {
      assert.ok(error instanceof TransportError, String(error));
      assert.equal(error.problem, expected, String(error));
      assert.equal(way.lastError, error);
      assert.doesNotMatch(`${error.message} ${error.host} ${error.proxy}`, /proxy-password/);
      return true;
    });
  };
  const mute = () => new Promise<Response>(() => {});

  it("passes on the method, headers, body and response", async () => {
    const url = serve(async (request) =>
      Response.json([request.method, request.headers.get("x-test"), await request.text()], { status: 418 }),
    );
    const request = new Request(url, { method: "POST", headers: { "x-test": "a" }, body: "b" });
    const answer = await transport().send(request);
    assert.equal(answer.status, 418);
    assert.deepEqual(await answer.json(), ["POST", "a", "b"]);
  });

  it("follows no redirect, since the signature and token are for one host", async () => {
    let asked = 0;
    const url = serve(() => {
      asked += 1;
      return Response.redirect("/elsewhere", 307);
    });
    assert.equal((await transport().send(new Request(url))).status, 307);
    assert.equal(asked, 1);
  });

  it("trusts the bundle, and with a bundle nothing else", async () => {
    assert.ok((await transport().send(new Request(aws.urls.tls))).status >= 400);
    await problemOf(transport({ bundle: rootCertificates[0] }), aws.urls.tls, "tls");
  });

  it("reports a certificate authority that neither Bun nor the system trusts", async () => {
    await problemOf(transport({ bundle: undefined }), aws.urls.tls, "tls");
  });

  it("uses the proxy with its login, except for direct requests and NO_PROXY", async () => {
    const env = byProxy();
    await transport({ env }).send(new Request(apiUrl));
    assert.equal(aws.controls.calls().Connect, 1);
    const url = serve(() => new Response("ok"));
    const nowhere = { HTTP_PROXY: "http://127.0.0.1:9" };
    assert.equal(await (await transport({ env: nowhere }).send(new Request(url))).text(), "ok");
    assert.equal(aws.controls.calls().Connect, 1);
  });

  it("ignores the proxy variables that Bun itself reads", async () => {
    const url = serve(() => new Response("ok"));
    const former = { ...process.env };
    try {
      process.env.HTTP_PROXY = process.env.http_proxy = "http://127.0.0.1:9";
      assert.equal(await (await transport().send(new Request(url))).text(), "ok");
      process.env.NO_PROXY = process.env.no_proxy = "*";
      // A different host: a connection to the other one may still be open.
      await transport({ env: byProxy() }).send(new Request("https://api.ecr.us-east-2.amazonaws.com/"));
      assert.equal(aws.controls.calls().Connect, 1);
    } finally {
      for (const name of ["HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"]) {
        if (former[name] === undefined) delete process.env[name];
        else process.env[name] = former[name];
      }
    }
  });

  it("names the proxy without its login", async () => {
    const way = transport({ env: byProxy("someone:wrong-proxy-password@") });
    await problemOf(way, apiUrl, "proxy");
    assert.equal(`http://${way.lastError?.proxy}`, aws.urls.proxy);
    assert.equal(way.lastError?.host, "api.ecr.us-east-1.amazonaws.com");
  });

  it("reports a missing proxy and an invalid proxy URL", async () => {
    await problemOf(
      transport({ env: { HTTPS_PROXY: "http://u:proxy-password@127.0.0.1:9" } }),
      apiUrl,
      "refused",
    );
    await problemOf(transport({ env: { HTTPS_PROXY: "http://u:proxy-password@:x" } }), apiUrl, "address");
  });

  it("reports a refused and a closed connection", async () => {
    await problemOf(transport(), "http://127.0.0.1:9/", "refused");
    aws.controls.refuse("*");
    await problemOf(transport(), aws.urls.plain, "closed");
  });

  it("limits the time of a request", async () => {
    await problemOf(transport({ requestLimit: 30 }), serve(mute), "timeout");
  });

  it("limits the time of the response body", async () => {
    const url = serve(() => new Response(new ReadableStream({ pull: () => mute().then(() => {}) })));
    await problemOf(transport({ requestLimit: 60 }), url, "timeout");
  });

  it("ends on either abort signal", async () => {
    // The time limit exceeds the test's own, so that the signal ends the request.
    const way = transport({ signal: AbortSignal.timeout(30), requestLimit: 60_000 });
    await problemOf(way, serve(mute), "ended");
    const request = new Request(serve(mute), { signal: AbortSignal.timeout(30) });
    await assert.rejects(transport().send(request), TransportError);
  });

  for (const [what, offset, skew] of [
    ["is ahead of the local clock: positive", 3_600_000, 3_600_000],
    ["is behind the local clock: negative", -3_600_000, -3_600_000],
    ["agrees: none", 0, 0],
    ["differs by less than the resolution: none", 1_200, 0],
  ] as const) {
    it(`reports that the server's clock ${what}`, async () => {
      const now = Date.UTC(2031, 0, 2, 3, 4, 5);
      const date = new Date(now + offset).toUTCString();
      const way = transport({ now: () => now, timer: () => 0 });
      await way.send(new Request(serve(() => new Response("", { headers: { date } }))));
      assert.ok(Math.abs(way.clockSkew - skew) <= 500, String(way.clockSkew));
    });
  }

  it("measures a request with a monotonic clock", async () => {
    let now = Date.UTC(2031, 0, 2, 3, 4, 5);
    const url = serve(() => {
      // The local clock was 36 hours behind until now.
      now += 36 * 3_600_000;
      return new Response("", { headers: { date: new Date(now).toUTCString() } });
    });
    const way = transport({ now: () => now, timer: () => 0 });
    await way.send(new Request(url));
    assert.equal(way.clockSkew, 0);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { ciRole, keys, member, registry, useStanding } from "../support/program/standing.ts";
import { answered, told } from "../support/program/verdicts.ts";

/** What a server does with a connection; false: it connects it to the stand-in AWS. */
type Behaviour = (client: Socket, connection: number) => boolean;

describe("a server that does not answer as AWS does", () => {
  const standing = useStanding();
  const servers: ReturnType<typeof createServer>[] = [];
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** @returns host and port of a server in front of the stand-in AWS */
  async function before(behaviour: Behaviour, target = standing.aws.urls.plain): Promise<string> {
    let connections = 0;
    const server = createServer((client) => {
      sockets.add(client.on("error", () => undefined));
      client.once("data", (first) => {
        if (behaviour(client, ++connections)) return;
        const aws = connect(Number(new URL(target).port), "127.0.0.1");
        sockets.add(aws.on("error", () => undefined));
        aws.write(first);
        client.pipe(aws).pipe(client);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const send = (text: string) => (client: Socket) => client.write(text);

  it("is called again if the answer is not HTTP, as by the AWS CLI", async () => {
    const host = await before(
      (client, connection) => connection === 1 && send("SSH-2.0-OpenSSH_9.2\r\n")(client),
    );
    const user = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL: `http://${host}` });
    answered(await user.get(registry), registry);
  });

  for (const [what, answer] of [
    ["no HTTP in it", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["a status that is not one of HTTP", "HTTP/1.1 999 x\r\ncontent-length: 2\r\n\r\n{}"],
  ] as const) {
    it(`causes BAD_ANSWER if each answer has ${what}`, async () => {
      const host = await before((client) => send(answer)(client) || true);
      const user = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL: `http://${host}` });
      told(await user.get(registry), "BAD_ANSWER", registry, host, "unset AWS_ENDPOINT_URL");
    });
  }

  it("may answer the request that opened the connection ahead with a body, and late", async () => {
    const token = JSON.stringify({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${"QUFB".repeat(300)}`).toString("base64"),
          expiresAt: Date.now() / 1000 + 43_200,
        },
      ],
    });
    const host = await before((client, connection) => {
      const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${token.length}\r\n\r\n${token}`;
      if (connection > 1) return send(answer)(client) || true;
      // An answer to HEAD has no body.
      client.write("HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n");
      client.on("data", () => client.write(`not found${answer}`));
      return true;
    });
    const user = standing.user({ AWS_PROFILE: "role", AWS_ENDPOINT_URL_ECR: `http://${host}` });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    standing.aws.controls.latency("AssumeRole", 300);
    answered(await user.get(registry), registry);
  });

  it("causes BAD_ANSWER if a page answers instead of STS", async () => {
    const page = "<html><body>Sign in</body></html>";
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${page.length}\r\n\r\n${page}`;
    const host = await before((client) => send(answer)(client) || true);
    const user = standing.user({ AWS_PROFILE: "role", AWS_ENDPOINT_URL_STS: `http://${host}` });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    told(await user.get(registry), "BAD_ANSWER", host, "AWS_ENDPOINT_URL_STS", "no credentials");
  });

  it("causes TLS without a word about certificates if it does not support TLS", async () => {
    const host = await before((client) => send("HTTP/1.1 400 Bad Request\r\n\r\n")(client) || true);
    const user = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL: `https://${host}` });
    const line = told(
      await user.get(registry),
      "TLS",
      host,
      "does not support HTTP/1.1 over TLS",
      "unset AWS_ENDPOINT_URL",
    );
    assert.doesNotMatch(line, /authority|certificate/);
  });

  describe("through a proxy", () => {
    const through = (proxy: string) => ({
      ...keys("alice"),
      AWS_ENDPOINT_URL: undefined,
      HTTPS_PROXY: `http://me:test-proxy-password@${proxy}`,
    });
    const refusing = (status: string, times = Infinity) =>
      before((client, connection) => {
        if (connection > times) return false;
        return send(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`)(client) || true;
      }, standing.aws.urls.proxy);

    it("is called again if the proxy fails temporarily", async () => {
      const proxy = await refusing("503 Service Unavailable", 1);
      answered(await standing.user(through(proxy)).get(registry), registry);
    });

    it("causes PROXY with the status with which the proxy refuses", async () => {
      const proxy = await refusing("403 Forbidden");
      told(
        await standing.user(through(proxy)).get(registry),
        "PROXY",
        proxy,
        "HTTP 403",
        "have the proxy allow",
      );
    });

    it("causes PROXY that names the login if the proxy refuses it, which is tried once", async () => {
      let connections = 0;
      const proxy = await before((client, connection) => {
        connections = connection;
        return send("HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n")(client) || true;
      });
      const ran = await standing.user(through(proxy)).get(registry);
      const line = told(ran, "PROXY", proxy, "HTTP 407", "correct the login in HTTPS_PROXY");
      assert.doesNotMatch(line, /test-proxy/);
      assert.equal(connections, 1);
    });
  });
});

describe("a CA bundle with what can't be read", () => {
  const standing = useStanding();
  /** The form of a certificate without content. */
  const hollow = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n".replace("MAo=", "MAA=");

  for (const [what, text] of [
    ["one that can't be read before them", (ca: string) => hollow + ca],
    ["one that is damaged before them", (ca: string) => ca.replace("MII", "AAA") + ca],
    ["a zero byte in a comment", (ca: string) => `# a\0b\n${ca}`],
    ["no line end between them", (ca: string) => ca.trim() + ca],
    ["OpenSSL's older label", (ca: string) => ca.replaceAll(" CERTIFICATE", " X509 CERTIFICATE")],
    ["more than a MiB", (ca: string) => `${"# comment\n".repeat(150_000)}${ca}`],
  ] as const) {
    it(`is used: ${what}`, async () => {
      const user = standing.user(keys("alice"));
      const path = user.write("ca.pem", text(readFileSync(standing.aws.caFile, "utf8")));
      answered(await user.get(registry, { env: { AWS_CA_BUNDLE: path } }), registry);
    });
  }

  it("causes CA_BUNDLE with its path if there is nothing else in it", async () => {
    const user = standing.user(keys("alice"));
    const path = user.write("ca.pem", hollow);
    told(await user.get(registry, { env: { AWS_CA_BUNDLE: path } }), "CA_BUNDLE", path, "AWS_CA_BUNDLE");
  });
});

describe("keys that a header can't contain", () => {
  const standing = useStanding();
  const user = (token: string) => {
    const path = "container.json";
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.json({ AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "s", Token: token }),
    });
    const url = `http://127.0.0.1:${server.port}/${path}`;
    return { server, user: standing.user({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }) };
  };

  for (const [what, token] of [
    ["a line end", "test-session\ntoken"],
    ["characters that are not ASCII", "test-session-好"],
    ["a letter with an accent", "test-session-é"],
  ] as const) {
    it(`cause KEYS_UNKNOWN, which does not show them: ${what} in a container's session token`, async () => {
      const { server, user: somebody } = user(token);
      const ran = await somebody.get(registry);
      void server.stop(true);
      const line = told(ran, "KEYS_UNKNOWN", registry, "session token", "line end or non-ASCII characters");
      assert.doesNotMatch(line, /test-session/);
      assert.equal(standing.count("GetAuthorizationToken"), 0);
    });
  }

  it("cause KEYS_UNKNOWN that names the variable", async () => {
    const env = { ...keys("alice"), AWS_SESSION_TOKEN: "test-session-好" };
    told(await standing.user(env).get(registry), "KEYS_UNKNOWN", "session token (AWS_SESSION_TOKEN)");
  });
});

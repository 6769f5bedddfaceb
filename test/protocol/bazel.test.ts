import assert from "node:assert/strict";
import { answerBazel } from "../../src/protocol/bazel.ts";
import { parseHost } from "../../src/registry/host.ts";
import { Failure } from "../../src/token/failure.ts";
import { host } from "../support/fakes/entries.ts";
import { FakeBackends } from "../support/fakes/helper-ports.ts";

const credential = { username: "AWS", secret: "made-up secret" };
const basic = `Basic ${Buffer.from("AWS:made-up secret").toString("base64")}`;

describe("Bazel's credential helper protocol", () => {
  const ports = {
    aliased: async (name: string) => (name === "images.example.com" ? parseHost(host) : undefined),
    storedCredential: async () => undefined,
    get: async () => credential,
    expiresAt: async () => Date.UTC(2026, 0, 1, 12),
  };
  const ask = async (uri: unknown, more = {}) =>
    JSON.parse((await answerBazel(JSON.stringify({ uri }), { ...ports, ...more })).text);

  for (const uri of [
    `https://${host}/v2/app/manifests/latest`,
    `https://${host.toUpperCase()}/v2/`,
    `https://${host}:443/v2/?n=1`,
    `https://${host}`,
    "https://images.example.com/v2/",
    "https://public.ecr.aws/token/?service=public.ecr.aws",
  ]) {
    it(`returns headers for ${uri.replace(host, "HOST")}`, async () => {
      assert.deepEqual(await ask(uri), {
        headers: { Authorization: [basic] },
        expires: "2026-01-01T12:00:00.000Z",
      });
    });
  }

  for (const uri of [
    "https://example.com/",
    `http://${host}/v2/`,
    `https://${host}.example.com/v2/`,
    `https://${host}:8443/v2/`,
    "https://public.ecr.aws/v2/docker/library/alpine/manifests/latest",
    "https://public.ecr.aws/tokens",
    "https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/x",
    "file:///etc/passwd",
  ]) {
    it(`returns none for ${uri.replace(host, "HOST")}`, async () => {
      assert.deepEqual(await ask(uri), { headers: {} });
    });
  }

  for (const uri of [
    `https://user@${host}/`,
    `https://evil.example\\@${host}/`,
    `https://${host}\\evil.example/`,
    `https:${host}/`,
    `https://${host.replaceAll(".", "%2e")}/`,
    ` https://${host}/`,
    "not a URI",
    "",
    7,
    undefined,
  ]) {
    it(`refuses ${JSON.stringify(uri)?.replace(host, "HOST")}`, async () => {
      await assert.rejects(ask(uri), (error) => error instanceof Failure && error.code === "BAZEL_REQUEST");
    });
  }

  it("lets a credential with unknown expiry be used once", async () => {
    const { expires } = await ask(`https://${host}/`, { expiresAt: async () => undefined });
    assert.equal(expires, "1970-01-01T00:00:00.000Z");
  });

  it("continues without headers if config.yaml can't be used, with the reason on stderr", async () => {
    const backends = new FakeBackends();
    backends.configFailure = new Failure("CONFIG_INVALID", "config.yaml:2:1: unknown key", "remove it");
    const uri = "https://github.com/x";
    const { stdout, stderr, exitCode } = await backends.run("get", JSON.stringify({ uri }));
    assert.deepEqual({ exitCode, answer: JSON.parse(stdout) }, { exitCode: 0, answer: { headers: {} } });
    assert.match(stderr, /^docker-credential-ecr: .*unknown key.*\[CONFIG_INVALID\]\n$/);
  });

  it("returns an alias's stored credential if config.yaml can't be used", async () => {
    const backends = new FakeBackends();
    backends.configFailure = new Failure("CONFIG_INVALID", "config.yaml:2:1: unknown key", "remove it");
    backends.cold.set("images.example.com", credential);
    const ran = await backends.run("get", '{"uri":"https://images.example.com/v2/"}');
    assert.deepEqual(JSON.parse(ran.stdout).headers, { Authorization: [basic] });
    assert.deepEqual([ran.exitCode, ran.stderr], [0, ""]);
    const plain = await backends.run("get", '{"uri":"http://images.example.com/v2/"}');
    assert.deepEqual(JSON.parse(plain.stdout), { headers: {} });
  });

  it("is distinguished from Docker's protocol by its input", async () => {
    const backends = new FakeBackends();
    backends.cold.set(host, credential);
    const { stdout, exitCode } = await backends.run("get", `{"uri":"https://${host}/v2/"}\n`);
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(stdout).headers, { Authorization: [basic] });
    assert.equal((await backends.run("get", "{nonsense")).exitCode, 1);
  });
});

import assert from "node:assert/strict";
import { containerCredentials } from "../../../src/aws/credentials/container.ts";
import type { Session } from "../../../src/aws/http/session.ts";
import { hasContainer } from "../../../src/profiles/environment.ts";
import { Failure } from "../../../src/token/failure.ts";
import { registryHost, TokenClient } from "../token-client.ts";

const full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const keys = { AccessKeyId: "TESTKEY", SecretAccessKey: "test-secret" };

/** A session whose transport returns given responses, since tests must not use the real ECS address. */
function sessionOf(env: Readonly<Record<string, string>>, ...answers: readonly Response[]) {
  const asked: { request: Request; direct: boolean | undefined }[] = [];
  const left = [...answers];
  const send = async (request: Request, { direct }: { direct?: boolean } = {}) => {
    asked.push({ request, direct });
    return left.shift() ?? Response.json(keys);
  };
  return { session: { env, transport: { send } } as unknown as Session, asked };
}

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => assert.fail("credentials were given"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Failure, String(error));
  assert.equal(error.code, "CONTAINER_CREDENTIALS");
  return error;
}

describe("containerCredentials", () => {
  for (const [variable, value, expected] of [
    [relative, "/v2/creds?id=1", "http://169.254.170.2/v2/creds?id=1"],
    [full, "http://169.254.170.2/x", "http://169.254.170.2/x"],
    [full, "http://169.254.170.23/x", "http://169.254.170.23/x"],
    [full, "http://[fd00:ec2::23]/x", "http://[fd00:ec2::23]/x"],
    [full, "http://127.8.7.6:81/x", "http://127.8.7.6:81/x"],
    [full, "http://localhost:81/x", "http://localhost:81/x"],
    [full, "http://[::1]/x", "http://[::1]/x"],
    [full, "https://creds.example/x", "https://creds.example/x"],
  ] as const) {
    it(`sends a request to ${value} without a proxy`, async () => {
      const { session, asked } = sessionOf({ [variable]: value });
      assert.ok(hasContainer(session.env));
      assert.equal((await containerCredentials(session)).accessKeyId, keys.AccessKeyId);
      assert.deepEqual(
        asked.map(({ request, direct }) => [request.url, direct]),
        [[expected, true]],
      );
    });
  }

  for (const value of [
    "http://192.0.2.1/x",
    "http://169.254.170.2.example/x",
    "http://127.0.0.1.example/x",
    "http://localhost.example/x",
    "file:///etc/passwd",
    "creds",
  ]) {
    it(`sends no request to ${value}`, async () => {
      const { session, asked } = sessionOf({ [full]: value });
      assert.match((await failure(containerCredentials(session))).message, /FULL_URI is not a URL/);
      assert.equal(asked.length, 0);
    });
  }

  it("prefers the relative URI, and returns nothing if neither is set", async () => {
    const { session, asked } = sessionOf({ [relative]: "/a", [full]: "https://creds.example/" });
    await containerCredentials(session);
    assert.equal(asked[0]?.request.url, "http://169.254.170.2/a");
    assert.equal(hasContainer({ [full]: "" }), false);
  });

  it("retries once if the agent fails or throttles", async () => {
    for (const status of [500, 503, 429]) {
      const once = sessionOf({ [relative]: "/a" }, new Response("", { status }));
      await containerCredentials(once.session);
      assert.equal(once.asked.length, 2);
      const twice = sessionOf(
        { [relative]: "/a" },
        new Response("", { status }),
        new Response("", { status }),
      );
      assert.match(
        (await failure(containerCredentials(twice.session))).message,
        new RegExp(`HTTP ${status}`),
      );
      assert.equal(twice.asked.length, 2);
    }
    const refused = sessionOf({ [relative]: "/a" }, new Response("", { status: 403 }));
    await failure(containerCredentials(refused.session));
    assert.equal(refused.asked.length, 1);
  });

  for (const [what, body] of [
    ["invalid JSON", "<html>"],
    ["null", "null"],
    ["no secret key", JSON.stringify({ AccessKeyId: "TESTKEY" })],
    ["a key that is not a string", JSON.stringify({ ...keys, SecretAccessKey: 7 })],
  ] as const) {
    it(`reports a response with ${what}, without its content`, async () => {
      const { session } = sessionOf({ [relative]: "/a" }, new Response(body));
      const { message } = await failure(containerCredentials(session));
      assert.match(
        message,
        /at 169\.254\.170\.2 \(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI\) returned no credentials \(HTTP 200\)$/,
      );
    });
  }

  it("returns the session token and its expiry, and refuses an invalid expiry", async () => {
    const given = { ...keys, Token: "test-session", Expiration: "2031-01-02T03:04:05Z" };
    const { session } = sessionOf(
      { [relative]: "/a" },
      Response.json(given),
      Response.json({ ...given, Expiration: "soon" }),
    );
    const { sessionToken, expiration } = await containerCredentials(session);
    assert.deepEqual([sessionToken, expiration], ["test-session", new Date(given.Expiration)]);
    assert.equal("expiration" in (await containerCredentials(session)), false);
  });
});

describe("containerCredentials' authorization token", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start({ cast: { containerAuthorization: "test-words-of-the-pod" } });
  });
  after(() => client.stop());
  const env = (rest: Record<string, string>) => ({
    env: { [full]: `${client.aws.urls.container}/`, ...rest },
  });

  it("is read from its file each time, without the line end", async () => {
    const path = client.write("token", "test-words-of-the-pod\n");
    const fromFile = env({
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "another",
    });
    await client.fetchToken(fromFile);
    client.write("token", "changed");
    assert.match((await client.tokenFailure(fromFile)).message, /returned no credentials \(HTTP 401\)/);
  });

  it("is read from the environment", async () => {
    await client.fetchToken(env({ AWS_CONTAINER_AUTHORIZATION_TOKEN: "test-words-of-the-pod" }));
  });

  it("is refused if it is unreadable or has two lines, which could inject a header", async () => {
    const gone = await client.tokenFailure(
      env({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${client.home}/gone` }),
    );
    assert.equal(gone.code, "CONTAINER_CREDENTIALS");
    assert.match(gone.message, /gone, set in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, does not exist/);
    const two = await client.tokenFailure(env({ AWS_CONTAINER_AUTHORIZATION_TOKEN: "a\r\nx-other: b" }));
    assert.match(two.message, new RegExp(`${registryHost}.*more than one line`));
    assert.doesNotMatch(two.oneLine, /x-other/);
  });
});

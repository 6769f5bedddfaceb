import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { describeReplication } from "../../src/aws/calls/describe-replication.ts";
import { fetchToken } from "../../src/aws/calls/fetch-token.ts";
import { parseHost } from "../../src/registry/host.ts";
import { Failure } from "../../src/token/failure.ts";
import { ambient } from "../../src/token/identity.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import type { Random } from "../support/fuzz/random.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const secretKey = "PlantedSecretAccessKeyOfTheCaller1234567";
const token = Buffer.from("AWS:planted-password-0123456789").toString("base64");

const bodies = [
  `{"authorizationData":[{"authorizationToken":"${token}","expiresAt":1900000000.5,"proxyEndpoint":"https://${host}"}]}`,
  '{"authorizationData":[]}',
  '{"authorizationData":[{"authorizationToken":"","expiresAt":"x"}]}',
  '{"__type":"AccessDeniedException","message":"User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows it"}',
  '{"__type":"com.amazonaws.ecr#ThrottlingException","Message":"Rate exceeded"}',
  `{"__type":"InvalidSignatureException","message":"The Canonical String for this request should have been '${secretKey}'"}`,
  '{"registryId":"111122223333","replicationConfiguration":{"rules":[{"destinations":[{"region":"eu-west-1","registryId":"444455556666"}],"repositoryFilters":[{"filter":"team/","filterType":"PREFIX_MATCH"}]}]}}',
  "<html><body>Sign in to the hotel's network</body></html>",
  "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
  "null",
  "",
];

function answerText(random: Random): string {
  const body = random.chance(0.5) ? damaged(random, random.pick(bodies)) : random.pick(bodies);
  const bytes = Buffer.byteLength(body);
  const head = [
    `HTTP/1.1 ${random.pick(["200 OK", "400 Bad Request", "403 Forbidden", "404 Not Found", "429 Too Many", "500 Oh", "302 Found", "204 No Content"])}`,
    `Content-Type: ${random.pick(["application/x-amz-json-1.1", "text/html", "text/xml; charset=x"])}`,
    `Date: ${random.pick([new Date(0).toUTCString(), "Sun, 29 Nov 2026 09:00:00 GMT", "x"])}`,
    `Content-Length: ${random.chance(0.9) ? bytes : random.pick([0, bytes + 5, -1, "1e3"])}`,
    `x-amzn-RequestId: ${random.pick(["a", "b\u0001c", "é"])}`,
    `x-amzn-ErrorType: ${random.pick(["AccessDeniedException", "ThrottlingException:http://x", ""])}`,
    ...(random.chance(0.1) ? ["Location: http://127.0.0.1:1/"] : []),
    ...(random.chance(0.1)
      ? [`Content-Encoding: ${random.pick(["gzip", "br", "zstd", "identity", "x"])}`]
      : []),
    ...(random.chance(0.1) ? ["Transfer-Encoding: chunked"] : []),
    "Connection: close",
  ];
  const lines = random.chance(0.3) ? head.filter(() => random.chance(0.8)) : head;
  const text = `${lines.join("\r\n")}\r\n\r\n${body}`;
  return random.chance(0.2) ? damaged(random, text) : text;
}

let answer = "";
let server: Promise<{ server: Server; url: string }> | undefined;

/** A server that sends the same bytes to each request and closes the connection. */
function endpoint() {
  server ??= new Promise((resolve) => {
    const opened = createServer((socket: Socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(answer));
    });
    opened.listen(0, "127.0.0.1", () => {
      const { port } = opened.address() as { port: number };
      resolve({ server: opened, url: `http://127.0.0.1:${port}` });
    });
  });
  return server;
}

/** Responses of ECR's API, or of a server in its place. */
export const awsAnswers = fuzzer<string>({
  name: "aws-answers",
  // The first input loads the AWS SDK.
  limit: 10_000,
  make: answerText,
  async check(text) {
    const { url } = await endpoint();
    answer = text;
    const registry = parseHost(host);
    assert.ok(registry?.kind === "private");
    const request = {
      registry,
      identity: ambient,
      env: {
        AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY: secretKey,
        AWS_ENDPOINT_URL: url,
        AWS_MAX_ATTEMPTS: "1",
        AWS_CONFIG_FILE: "/nonexistent/config",
        AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
      },
      home: "/nonexistent",
      now: Date.now,
      limits: { request: 500 },
      refuseFile: async () => undefined,
    };
    const found = await outcome(fetchToken({ ...request, signal: AbortSignal.timeout(3_000) }));
    if (found) {
      assert.ok(found.username.length > 0 && found.password.length > 0 && Number.isFinite(found.expiresAt));
      assert.ok(found.expiresAt - found.clockSkew > Date.now() - 5_000);
    }
    await outcome(describeReplication({ ...request, signal: AbortSignal.timeout(3_000) }));
  },
  stop() {
    void server?.then(({ server: opened }) => opened.close());
    server = undefined;
  },
});

/** The response; undefined for a Failure without a secret. */
async function outcome<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  const begun = performance.now();
  const computedBefore = process.cpuUsage();
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { oneLine } = error;
    assert.ok(
      !oneLine.includes(secretKey) && !oneLine.includes("planted-password") && !oneLine.includes(token),
      oneLine,
    );
    assert.doesNotMatch(oneLine, /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
    assert.ok(oneLine.length < 8_192);
    assert.doesNotMatch(oneLine, /\[(?:INTERNAL|UNEXPECTED)\]$/);
    return undefined;
  } finally {
    const { user, system } = process.cpuUsage(computedBefore);
    assert.ok(user + system < 10_000_000, `${user + system} µs of computing`);
    // At idle priority beside other work, a second may take half a minute.
    assert.ok(performance.now() - begun < 120_000, "it hangs");
  }
}

import assert from "node:assert/strict";
import { connect, createServer, type Server } from "node:net";
import { ciRole, keys, registry, useStanding } from "../support/program/standing.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("the connection to ECR", () => {
  const standing = useStanding();
  /** When each connection was opened. */
  const opened: number[] = [];
  let server: Server;
  before(async () => {
    const target = Number(new URL(standing.aws.urls.tls).port);
    server = createServer((client) => {
      opened.push(performance.now());
      const aws = connect(target, "127.0.0.1");
      client.pipe(aws).pipe(client);
      for (const socket of [client, aws]) socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    opened.length = 0;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const url = () => {
    const address = server.address();
    return `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  };

  it("is opened during the request to STS, and then used", async () => {
    const user = standing.user(keys("alice"));
    const config = `version: 1\nidentities:\n  ci: { roleArn: "${ciRole}" }\nregistries:\n`;
    user.write(configPath, `${config}  - account: "111122223333"\n    identity: ci\n`);
    standing.aws.controls.latency("AssumeRole", 2_000);
    const env = { ...direct(), AWS_ENDPOINT_URL_STS: standing.aws.urls.tls, AWS_ENDPOINT_URL_ECR: url() };
    answered(await user.get(registry, { env }), registry);
    const [first = Number.NaN, ...more] = opened;
    assert.ok(performance.now() - first > 250, "it was opened once STS had answered");
    assert.deepEqual(more, [], "the call opened another");
  });

  it("is opened only once for static keys", async () => {
    const user = standing.user(keys("alice"));
    answered(await user.get(registry, { env: { ...direct(), AWS_ENDPOINT_URL_ECR: url() } }), registry);
    assert.equal(opened.length, 1);
  });

  const direct = () => ({ AWS_CA_BUNDLE: "", NODE_EXTRA_CA_CERTS: standing.aws.caFile });
});

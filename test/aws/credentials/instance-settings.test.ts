import assert from "node:assert/strict";
import { fetchToken } from "../../../src/aws/calls/fetch-token.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { ambient } from "../../../src/token/identity.ts";
import { type StandIn, startAws } from "../../support/aws/stand-in.ts";
import { registryHost, TokenClient } from "../token-client.ts";

const variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/** The SDK reads the endpoint of the instance metadata service from process.env, which all identities of a daemon share. */
describe("fetchToken: a profile's own instance metadata service", () => {
  let client: TokenClient;
  let other: StandIn;
  before(async () => {
    client = await TokenClient.start();
    other = await startAws();
    delete process.env[variable];
  });
  beforeEach(() => {
    // Another stand-in AWS does not know the keys of this instance.
    client.writeConfig(
      `[profile own]\nec2_metadata_service_endpoint = ${client.aws.urls.imds}\n` +
        `[profile other]\nec2_metadata_service_endpoint = ${other.urls.imds}\n`,
    );
  });
  afterEach(() => {
    assert.equal(process.env[variable], undefined);
    client.reset();
    other.controls.reset();
  });
  after(async () => {
    await other.stop();
    await client.stop();
  });

  function fetch(profile: string) {
    const { [variable]: _, ...env } = client.connectionEnv;
    const registry = parseHost(registryHost);
    assert.ok(registry);
    return fetchToken({
      registry,
      identity: ambient,
      env: { ...env, AWS_PROFILE: profile },
      home: client.home,
      now: Date.now,
      signal: AbortSignal.timeout(8_000),
      refuseFile: async () => undefined,
    });
  }
  const asked = () => [client.aws, other].map((aws) => aws.controls.calls().ImdsToken);

  it("is used for that profile only, not for the next one", async () => {
    await fetch("own");
    await assert.rejects(fetch("other"), { code: "KEYS_UNKNOWN" });
    assert.deepEqual(asked(), [1, 1]);
    await fetch("own");
    assert.deepEqual(asked(), [2, 1]);
  });

  it("is used for that profile only, with concurrent requests", async () => {
    const names = ["own", "other", "own", "other", "own"];
    const results = await Promise.allSettled(names.map(fetch));
    const expected = names.map((name) => (name === "own" ? "fulfilled" : "rejected"));
    assert.deepEqual(
      results.map(({ status }) => status),
      expected,
    );
    assert.deepEqual(asked(), [3, 2]);
  });
});

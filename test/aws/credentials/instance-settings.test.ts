import assert from "node:assert/strict";
import { fetchToken } from "../../../src/aws/calls/fetch-token.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { ambient } from "../../../src/token/identity.ts";
import { type StandIn, startAws } from "../../support/aws/stand-in.ts";
import { Asker, registryHost } from "../asker.ts";

const variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/** The SDK reads where the instance metadata service is from process.env, which one daemon has for all its identities. */
describe("fetchToken: a profile's own instance metadata service", () => {
  let asker: Asker;
  let other: StandIn;
  before(async () => {
    asker = await Asker.start();
    other = await startAws();
    delete process.env[variable];
  });
  beforeEach(() => {
    // Another AWS doesn't know the keys of its instance.
    asker.writeConfig(
      `[profile own]\nec2_metadata_service_endpoint = ${asker.aws.urls.imds}\n` +
        `[profile other]\nec2_metadata_service_endpoint = ${other.urls.imds}\n`,
    );
  });
  afterEach(() => {
    assert.equal(process.env[variable], undefined);
    asker.reset();
    other.controls.reset();
  });
  after(async () => {
    await other.stop();
    await asker.stop();
  });

  function fetch(profile: string) {
    const { [variable]: _, ...env } = asker.way;
    const registry = parseHost(registryHost);
    assert.ok(registry);
    return fetchToken({
      registry,
      identity: ambient,
      env: { ...env, AWS_PROFILE: profile },
      home: asker.home,
      now: Date.now,
      signal: AbortSignal.timeout(8_000),
      refuseFile: async () => undefined,
    });
  }
  const asked = () => [asker.aws, other].map((aws) => aws.controls.calls().ImdsToken);

  it("is asked for that profile alone, and not for the next", async () => {
    await fetch("own");
    await assert.rejects(fetch("other"), { code: "KEYS_UNKNOWN" });
    assert.deepEqual(asked(), [1, 1]);
    await fetch("own");
    assert.deepEqual(asked(), [2, 1]);
  });

  it("is asked for that profile alone where several are asked for at a time", async () => {
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

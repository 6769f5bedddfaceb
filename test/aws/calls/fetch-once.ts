// A program that fetches one token with its environment. quiet.test.ts starts it.
import assert from "node:assert/strict";
import { fetchToken } from "../../../src/aws/calls/fetch-token.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { ambient } from "../../../src/token/identity.ts";
import { registryHost } from "../token-client.ts";

const registry = parseHost(registryHost);
assert.ok(registry);
const { username } = await fetchToken({
  registry,
  identity: ambient,
  env: process.env,
  home: process.env.HOME ?? "",
  now: Date.now,
  signal: AbortSignal.timeout(8_000),
  refuseFile: async () => undefined,
});
process.stdout.write(username);

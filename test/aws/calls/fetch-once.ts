// A program that asks for one token, under the environment that it is started in. Started by quiet.test.ts.
import assert from "node:assert/strict";
import { fetchToken } from "../../../src/aws/calls/fetch-token.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { ambient } from "../../../src/token/identity.ts";
import { registryHost } from "../asker.ts";

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

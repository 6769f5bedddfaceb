import assert from "node:assert/strict";
import { createAppContext } from "../../src/provider/context.ts";
import { DiskLimit } from "../../src/provider/disk-limit.ts";
import { TokenProvider } from "../../src/provider/token-provider.ts";
import { parseHost } from "../../src/registry/host.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";

const never = () => new Promise<never>(() => {});

describe("a disk on which writes hang", () => {
  const standing = useStanding();

  it("does not keep a new token back", async () => {
    const { env, home, state } = standing.user(keys("alice"));
    const app = await createAppContext(env, home);
    const store = Object.assign(Object.create(app.store), { writeAuthorization: never });
    const provider = new TokenProvider({ ...app, store }, { disk: new DiskLimit(state, 50) });
    const host = parseHost(registry) ?? assert.fail("not a registry");
    const until = performance.now() + 10_000;
    const deadlines = { fetch: until, lock: until };
    const token = await provider.getOrFetchToken(host, await provider.resolveRegistration(host), deadlines);
    assert.ok(token.secret.length > 800);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });
});

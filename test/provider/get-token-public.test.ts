import assert from "node:assert/strict";
import { minute, second } from "../support/fakes/clock.ts";
import { ColdWorld, refusal } from "../support/fakes/cold-world.ts";
import { host, publicHost } from "../support/fakes/entries.ts";

describe("a cold get for the public registry", () => {
  let world: ColdWorld;
  beforeEach(() => {
    world = new ColdWorld();
  });

  for (const code of ["NO_CREDENTIALS", "ACCESS_DENIED", "WEB_IDENTITY_REFUSED", "ROLE_DURATION"] as const) {
    it(`finds nothing on ${code}, so that anonymous pulls work`, async () => {
      world.aws = refusal(code);
      assert.equal(await world.get(publicHost), undefined);
      assert.match(world.log.join("\n"), new RegExp(`anonymous: .*${code}`));
    });

    it(`but reports ${code} for a private registry`, async () => {
      world.aws = refusal(code);
      assert.equal(await world.failure(host), code);
    });
  }

  it("does not try again within a minute without credentials: a build pulls many images", async () => {
    world.aws = refusal("NO_CREDENTIALS");
    await world.failed(30 * second, "NO_CREDENTIALS");
    assert.equal(await world.get(publicHost), undefined);
    assert.deepEqual(world.calls, []);
  });

  for (const code of ["UNREACHABLE", "THROTTLED", "TIMEOUT", "GET_TIMEOUT"] as const) {
    it(`reports ${code}`, async () => {
      world.aws = refusal(code);
      assert.equal(await world.failure(publicHost), code);
    });
  }

  it("returns a valid token rather than nothing", async () => {
    await world.cached(50 * minute);
    world.aws = refusal("NO_CREDENTIALS");
    assert.equal(await world.get(publicHost), "lying");
  });

  it("finds nothing rather than an expired token", async () => {
    await world.cached(0);
    world.aws = refusal("NO_CREDENTIALS");
    assert.equal(await world.get(publicHost), undefined);
  });
});

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
      assert.match(world.log.join("\n"), new RegExp(`anonymous .*${code}`));
    });

    it(`but of a private registry tells ${code}`, async () => {
      world.aws = refusal(code);
      assert.equal(await world.failure(host), code);
    });
  }

  it("asks no second time within a minute where there are no credentials: a build pulls many images", async () => {
    world.aws = refusal("NO_CREDENTIALS");
    await world.failed(30 * second, "NO_CREDENTIALS");
    assert.equal(await world.get(publicHost), undefined);
    assert.deepEqual(world.calls, []);
  });

  for (const code of ["UNREACHABLE", "THROTTLED", "TIMEOUT", "GET_TIMEOUT"] as const) {
    it(`tells ${code}`, async () => {
      world.aws = refusal(code);
      assert.equal(await world.failure(publicHost), code);
    });
  }

  it("hands out a valid token rather than nothing", async () => {
    await world.cached(50 * minute);
    world.aws = refusal("NO_CREDENTIALS");
    assert.equal(await world.get(publicHost), "lying");
  });

  it("finds nothing rather than a token that expired", async () => {
    await world.cached(0);
    world.aws = refusal("NO_CREDENTIALS");
    assert.equal(await world.get(publicHost), undefined);
  });
});

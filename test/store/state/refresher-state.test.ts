import assert from "node:assert/strict";
import { isRefresherRunning, lockRefresher } from "../../../src/store/state/refresher-state.ts";
import { useChildren } from "../../support/fakes/child.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";

describe("the refresher's lock", () => {
  const temp = useTempFolder();
  const start = useChildren();
  const state = () => `${temp()}/state`;
  /** How often a refresher seemed to run, for each of three processes that look 100 times each. */
  async function lookAtOnce(): Promise<readonly (string | undefined)[]> {
    const looking = Array.from({ length: 3 }, () => start("look-for-refresher.ts", [state(), "100"]));
    return Promise.all(looking.map((child) => child.end()));
  }

  it("does not seem held to processes that look at the same time", async () => {
    (await lockRefresher(state()))?.();
    assert.deepEqual(await lookAtOnce(), ["0", "0", "0"]);
  });

  it("seems held to them while it is", async () => {
    const release = await lockRefresher(state());
    assert.deepEqual(await lookAtOnce(), ["100", "100", "100"]);
    release?.();
  });

  it("is given to a refresher that starts while others look", async () => {
    (await lockRefresher(state()))?.();
    const looking = lookAtOnce();
    for (let times = 0; times < 20; times += 1) {
      const release = await lockRefresher(state());
      assert.ok(release);
      release();
      await Bun.sleep(0);
    }
    await looking;
    assert.equal(await isRefresherRunning(state()), false);
  });
});

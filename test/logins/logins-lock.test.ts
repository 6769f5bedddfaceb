import assert from "node:assert/strict";
import { withLoginsLock } from "../../src/logins/logins-lock.ts";
import { tryLock } from "../../src/store/files/lock.ts";
import { otherLoginsLockPath } from "../../src/store/files/paths.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("withLoginsLock", () => {
  const folder = useTempFolder();
  const state = () => `${folder()}/state`;

  it("runs one call after the other", async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await Bun.sleep(5);
      events.push(`${name} ends`);
      return name;
    };
    const names = await Promise.all(["one", "two"].map((name) => withLoginsLock(state(), work(name))));
    assert.deepEqual(names, ["one", "two"]);
    const [first = ""] = events;
    assert.equal(events[1], first.replace("begins", "ends"));
    assert.equal(events.length, 4);
  });

  it("releases the lock after a failure", async () => {
    const failing = withLoginsLock(state(), () => Promise.reject(new Error("made-up")));
    await assert.rejects(failing, /made-up/);
    assert.equal(await withLoginsLock(state(), async () => "next", 0), "next");
  });

  it("does not wait for the lock forever", async () => {
    const release = await tryLock(state(), otherLoginsLockPath(state()));
    await assert.rejects(
      withLoginsLock(state(), async () => assert.fail("not its turn"), 30),
      { code: "LOGINS_BUSY" },
    );
    release?.();
  });
});

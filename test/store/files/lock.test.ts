import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tryLock } from "../../../src/store/files/lock.ts";
import { lockPath } from "../../../src/store/files/paths.ts";
import { Failure } from "../../../src/token/failure.ts";
import { useChildren } from "../../support/fakes/child.ts";
import { modeOf, underUmask, useTempFolder } from "../../support/fakes/temp-folder.ts";

describe("tryLock", () => {
  const temp = useTempFolder();
  const start = useChildren();
  const state = () => `${temp()}/state`;
  const lock = (key = "key") => lockPath(state(), key);
  const take = (key?: string) => tryLock(state(), lock(key));
  const isFree = async (key?: string) => {
    const release = await take(key);
    release?.();
    return release !== undefined;
  };

  it("gives the lock to one, then to the next once it is back", async () => {
    const release = await take();
    assert.ok(release);
    assert.equal(await take(), undefined);
    assert.equal(await take(), undefined);
    release();
    assert.ok(await isFree());
  });

  it("keeps locks of different names apart", async () => {
    const release = await take("one");
    assert.ok(await isFree("other"));
    release?.();
  });

  it("takes a release twice", async () => {
    const release = await take();
    release?.();
    const next = await take();
    release?.();
    assert.equal(await isFree(), false);
    next?.();
  });

  it("gives one of many who try at once the lock, and fails nobody", async () => {
    const tries = await Promise.all(Array.from({ length: 20 }, () => take()));
    assert.equal(tries.filter((release) => release).length, 1);
    for (const release of tries) release?.();
    assert.ok(await isFree());
  });

  for (const mask of [0o000, 0o077]) {
    it(`under umask ${mask.toString(8).padStart(3, "0")}: folders 0700, nothing for others in the file`, async () => {
      await underUmask(mask, async () => (await take())?.());
      assert.equal(modeOf(state()), "0700");
      assert.equal(modeOf(`${state()}/locks`), "0700");
      assert.equal(modeOf(lock()), "0600");
      assert.equal(readFileSync(lock(), "utf8"), "");
    });
  }

  it("is refused while another process holds it, and free when that gives it back", async () => {
    const holder = start("hold-lock.ts", [state(), lock()]);
    await holder.said("held");
    assert.equal(await isFree(), false);
    holder.letGo();
    await holder.end();
    assert.ok(await isFree());
  });

  it("is free when the process that held it is killed", async () => {
    const holder = start("hold-lock.ts", [state(), lock()]);
    await holder.said("held");
    assert.equal(await isFree(), false);
    await holder.kill();
    assert.ok(await isFree());
  });

  it("keeps another process out while it is held here", async () => {
    const release = await take();
    const other = start("hold-lock.ts", [state(), lock()]);
    other.letGo();
    assert.equal(await other.end(), "refused");
    release?.();
  });

  const refused = (code: string) =>
    assert.rejects(take(), (error) => error instanceof Failure && error.code === code);

  it("replaces a lock's file that is full of something else: else every get would call AWS", async () => {
    mkdirSync(`${state()}/locks`, { recursive: true });
    writeFileSync(lock(), "somebody wrote this here ".repeat(100));
    const release = await take();
    assert.ok(release);
    assert.equal(await take(), undefined);
    release();
  });

  it("says so where a folder lies in the place of the lock's file", async () => {
    mkdirSync(lock(), { recursive: true });
    await refused("STATE_LOCK");
  });

  it("says so where the folder is a file or a link", async () => {
    writeFileSync(state(), "");
    await refused("STATE_FOLDER");
    mkdirSync(`${temp()}/elsewhere`);
    symlinkSync(`${temp()}/elsewhere`, `${temp()}/link`);
    await assert.rejects(tryLock(`${temp()}/link`, lockPath(`${temp()}/link`, "key")), {
      code: "STATE_FOLDER",
    });
  });
});

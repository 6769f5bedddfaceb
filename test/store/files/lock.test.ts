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

  it("gives the lock to one caller, and to the next after its release", async () => {
    const release = await take();
    assert.ok(release);
    assert.equal(await take(), undefined);
    assert.equal(await take(), undefined);
    release();
    assert.ok(await isFree());
  });

  it("distinguishes locks by name", async () => {
    const release = await take("one");
    assert.ok(await isFree("other"));
    release?.();
  });

  it("allows a second release", async () => {
    const release = await take();
    release?.();
    const next = await take();
    release?.();
    assert.equal(await isFree(), false);
    next?.();
  });

  it("gives the lock to one of many concurrent callers, and fails for none", async () => {
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

  it("is refused while another process holds it, and free after its release", async () => {
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

  it("excludes another process while it is held here", async () => {
    const release = await take();
    const other = start("hold-lock.ts", [state(), lock()]);
    other.letGo();
    assert.equal(await other.end(), "refused");
    release?.();
  });

  const refused = (code: string) =>
    assert.rejects(take(), (error) => error instanceof Failure && error.code === code);

  it("replaces a lock file with other content, which would make every get call AWS", async () => {
    mkdirSync(`${state()}/locks`, { recursive: true });
    writeFileSync(lock(), "somebody wrote this here ".repeat(100));
    const release = await take();
    assert.ok(release);
    assert.equal(await take(), undefined);
    release();
  });

  it("reports a folder instead of the lock file", async () => {
    mkdirSync(lock(), { recursive: true });
    await refused("STATE_LOCK");
  });

  it("reports a file or link instead of the folder", async () => {
    writeFileSync(state(), "");
    await refused("STATE_FOLDER");
    mkdirSync(`${temp()}/elsewhere`);
    symlinkSync(`${temp()}/elsewhere`, `${temp()}/link`);
    await assert.rejects(tryLock(`${temp()}/link`, lockPath(`${temp()}/link`, "key")), {
      code: "STATE_FOLDER",
    });
  });
});

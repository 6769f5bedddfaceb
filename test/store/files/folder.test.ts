import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { ensureOwnFolder } from "../../../src/store/files/folder.ts";
import { Failure } from "../../../src/token/failure.ts";
import { itAsRoot, modeOf, otherUserId, underUmask, useTempFolder } from "../../support/fakes/temp-folder.ts";

describe("ensureOwnFolder", () => {
  const temp = useTempFolder();
  const refused = (path: string, why: RegExp) =>
    assert.rejects(ensureOwnFolder(path), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, "STATE_FOLDER");
      assert.match(error.message, why);
      assert.ok(error.message.includes(path));
      return true;
    });

  for (const mask of [0o000, 0o022, 0o077]) {
    it(`creates it and its parents with mode 0700 under umask ${mask.toString(8).padStart(3, "0")}`, async () => {
      await underUmask(mask, () => ensureOwnFolder(`${temp()}/a/b/c`));
      for (const path of ["a", "a/b", "a/b/c"]) assert.equal(modeOf(`${temp()}/${path}`), "0700", path);
    });
  }

  it("accepts an existing folder", async () => {
    await ensureOwnFolder(`${temp()}/a`);
    writeFileSync(`${temp()}/a/file`, "kept");
    await ensureOwnFolder(`${temp()}/a`);
    assert.equal(modeOf(`${temp()}/a`), "0700");
  });

  for (const mode of [0o755, 0o777, 0o770, 0o701]) {
    it(`restricts a folder that others can enter: ${mode.toString(8)}`, async () => {
      mkdirSync(`${temp()}/a`);
      chmodSync(`${temp()}/a`, mode);
      await ensureOwnFolder(`${temp()}/a`);
      assert.equal(modeOf(`${temp()}/a`), "0700");
    });
  }

  it("does not change existing parents", async () => {
    mkdirSync(`${temp()}/home`);
    chmodSync(`${temp()}/home`, 0o755);
    await ensureOwnFolder(`${temp()}/home/state`);
    assert.equal(modeOf(`${temp()}/home`), "0755");
  });

  it("refuses a symbolic link without changing its target", async () => {
    mkdirSync(`${temp()}/real`);
    chmodSync(`${temp()}/real`, 0o755);
    symlinkSync(`${temp()}/real`, `${temp()}/link`);
    await refused(`${temp()}/link`, /is not a folder/);
    assert.equal(modeOf(`${temp()}/real`), "0755");
  });

  it("refuses a dangling link without creating its target", async () => {
    symlinkSync(`${temp()}/none`, `${temp()}/link`);
    await refused(`${temp()}/link`, /link/);
    assert.throws(() => lstatSync(`${temp()}/none`), { code: "ENOENT" });
  });

  it("refuses a file instead of it or a parent", async () => {
    writeFileSync(`${temp()}/file`, "");
    await refused(`${temp()}/file`, /can't be used \(EEXIST\)|is not a folder/);
    await refused(`${temp()}/file/below`, /can't be used \(ENOTDIR\)/);
  });

  itAsRoot("refuses one of another user, who could swap what is in it", async () => {
    mkdirSync(`${temp()}/a`, { mode: 0o700 });
    chownSync(`${temp()}/a`, otherUserId, otherUserId);
    await refused(`${temp()}/a`, new RegExp(`belongs to user ${otherUserId}, not to this one`));
  });
});

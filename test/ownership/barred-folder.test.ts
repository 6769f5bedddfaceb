import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barredFolder } from "../../src/ownership/barred-folder.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

/** EACCES, which needs another user, is tested in test/integration/homes.test.ts. */
describe("barredFolder", () => {
  const folder = useTempFolder();

  it("is undefined if the file, or nothing, exists", async () => {
    const path = join(folder(), "a/b/file");
    assert.equal(await barredFolder(path), undefined);
    mkdirSync(join(folder(), "a/b"), { recursive: true });
    assert.equal(await barredFolder(path), undefined);
    writeFileSync(path, "");
    assert.equal(await barredFolder(path), undefined);
  });

  it("is a file instead of a folder", async () => {
    const path = join(folder(), "a");
    writeFileSync(path, "");
    assert.deepEqual(await barredFolder(join(path, "b/file")), { folder: path, code: "ENOTDIR" });
  });

  it("is a loop of links in the path, not in the file itself", async () => {
    const path = join(folder(), "a");
    symlinkSync(path, path);
    assert.deepEqual(await barredFolder(join(path, "b/file")), { folder: path, code: "ELOOP" });
    assert.equal(await barredFolder(path), undefined);
  });

  it("is a folder whose name is too long", async () => {
    const path = join(folder(), "a".repeat(300), "file");
    assert.deepEqual(await barredFolder(path), { folder: folder(), code: "ENAMETOOLONG" });
  });

  it("is undefined at the root", async () => assert.equal(await barredFolder("/"), undefined));
});

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkClientFile,
  openClientFile,
  readClientFile,
  removeClientFile,
  replaceClientFile,
} from "../../../src/clients/files/client-file.ts";
import { modeOf, useTempFolder } from "../../support/fakes/temp-folder.ts";

describe("replacing a file of another program", () => {
  const folder = useTempFolder();
  const path = () => join(folder(), "config.json");
  const open = () => openClientFile(path());

  it("keeps what that program has written meanwhile", async () => {
    for (const before of [undefined, "older"]) {
      if (before !== undefined) writeFileSync(path(), before);
      const file = await open();
      writeFileSync(path(), "theirs");
      await assert.rejects(replaceClientFile(file, "ours"), { code: "CLIENT_FILE_CHANGED" });
      await assert.rejects(removeClientFile(file, []), { code: "CLIENT_FILE_CHANGED" });
    }
    assert.equal(readFileSync(path(), "utf8"), "theirs");
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
    await replaceClientFile(await open(), "ours");
    assert.equal(readFileSync(path(), "utf8"), "ours");
  });

  it("restricts it to its user if logins are written to it", async () => {
    writeFileSync(path(), "");
    chmodSync(path(), 0o664);
    await replaceClientFile(await open(), "1");
    assert.equal(modeOf(path()), "0664");
    await replaceClientFile(await open(), "2", true);
    assert.equal(modeOf(path()), "0600");
  });

  it("removes temporary files of killed writers", async () => {
    const old = `${path()}.0123456789ab.tmp`;
    writeFileSync(old, "a login");
    utimesSync(old, 1, 1);
    await replaceClientFile(await open(), "x");
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
  });

  it("creates its folders, and removes them again if it can't write", async () => {
    const deep = await openClientFile(join(folder(), "a/b/config.json"));
    assert.deepEqual(deep.found.missing, [join(folder(), "a"), join(folder(), "a/b")]);
    mkdirSync(join(folder(), "a"));
    await assert.rejects(replaceClientFile(deep, "x"), { code: "CLIENT_FILE" });
    assert.deepEqual(readdirSync(join(folder(), "a")), []);
    await replaceClientFile(await openClientFile(join(folder(), "a/b/config.json")), "x");
    assert.equal(modeOf(join(folder(), "a/b")), "0700");
  });

  it("is refused before the first change if its owner can only read it", async () => {
    await checkClientFile(await open());
    writeFileSync(path(), "");
    chmodSync(path(), 0o444);
    await assert.rejects(checkClientFile(await open()), { code: "CLIENT_FILE" });
  });

  it("reports a fix for reading if it can't be read", async () => {
    const unreadable = join(folder(), "x".repeat(300));
    await assert.rejects(readClientFile(unreadable), {
      code: "CLIENT_FILE",
      fix: /^check 'ls -lL .*read it$/,
    });
    await assert.rejects(readClientFile(folder()), { code: "CLIENT_FILE", fix: /move the folder away$/ });
  });
});

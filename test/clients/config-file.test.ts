import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkClientFile, readClientFile, replaceClientFile } from "../../src/clients/config-file.ts";
import { modeOf, useTempFolder } from "../support/fakes/temp-folder.ts";

describe("replacing a file of another program", () => {
  const folder = useTempFolder();
  const path = () => join(folder(), "config.json");

  it("leaves what that program has written meanwhile", async () => {
    writeFileSync(path(), "theirs");
    for (const before of ["older", undefined]) {
      await assert.rejects(replaceClientFile(path(), "ours", before), { code: "CLIENT_FILE_CHANGED" });
    }
    assert.equal(readFileSync(path(), "utf8"), "theirs");
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
    await replaceClientFile(path(), "ours", "theirs");
    assert.equal(readFileSync(path(), "utf8"), "ours");
  });

  it("makes it its user's alone where logins come into it", async () => {
    writeFileSync(path(), "");
    chmodSync(path(), 0o664);
    await replaceClientFile(path(), "1", "");
    assert.equal(modeOf(path()), "0664");
    await replaceClientFile(path(), "2", "1", true);
    assert.equal(modeOf(path()), "0600");
  });

  it("removes what killed writers left beside it", async () => {
    const old = `${path()}.0123456789ab.tmp`;
    writeFileSync(old, "a login");
    utimesSync(old, 1, 1);
    await replaceClientFile(path(), "x", undefined);
    assert.deepEqual(readdirSync(folder()), ["config.json"]);
  });

  it("is refused before anything is begun where its owner may only read it", async () => {
    await checkClientFile(path());
    writeFileSync(path(), "");
    chmodSync(path(), 0o444);
    await assert.rejects(checkClientFile(path()), { code: "CLIENT_FILE" });
  });

  it("that can't be read has a mend for reading", async () => {
    const unreadable = join(folder(), "x".repeat(300));
    await assert.rejects(readClientFile(unreadable), {
      code: "CLIENT_FILE",
      mend: /^see 'ls -lL .*read it$/,
    });
    await assert.rejects(readClientFile(folder()), { code: "CLIENT_FILE", mend: /^a folder lies/ });
  });
});

import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refuseFile } from "../../src/ownership/refuse-file.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../support/fakes/temp-folder.ts";

describe("refuseFile", () => {
  const temp = useTempFolder();
  const folder = () => join(temp(), "home", ".aws");
  const file = () => join(folder(), "config");
  beforeEach(() => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(file(), "");
    chmodSync(file(), 0o600);
  });

  it("accepts a file that only this user and root can write", async () => {
    assert.equal(await refuseFile(file()), undefined);
    chmodSync(file(), 0o644);
    assert.equal(await refuseFile(file()), undefined);
  });

  it("refuses a file that others can write or replace", async () => {
    chmodSync(file(), 0o666);
    assert.match((await refuseFile(file()))?.why ?? "", /config \(mode 0666\)$/);
    chmodSync(file(), 0o600);
    for (const open of [folder(), join(temp(), "home")]) {
      chmodSync(open, 0o777);
      assert.match((await refuseFile(file()))?.why ?? "", /other users can write to .* \(mode 0777\)/);
      chmodSync(open, 0o755);
    }
    assert.equal(await refuseFile(file()), undefined);
  });

  const CASES: readonly [what: string, path: () => string][] = [
    ["the file", file],
    ["its folder", folder],
    ["a folder further up", () => join(temp(), "home")],
  ];
  for (const [what, path] of CASES) {
    itAsRoot(`refuses a file if ${what} belongs to another user`, async () => {
      chownSync(path(), otherUserId, otherUserId);
      const refusal = await refuseFile(file());
      assert.match(refusal?.why ?? "", new RegExp(`belongs to user ${otherUserId}`));
      assert.match(refusal?.fix ?? "", /run this as that user/);
    });
  }

  itAsRoot("is refused where a link to it is in another user's folder", async () => {
    const other = join(temp(), "other");
    mkdirSync(other);
    symlinkSync(file(), join(other, "config"));
    chownSync(other, otherUserId, otherUserId);
    assert.match((await refuseFile(join(other, "config")))?.why ?? "", /belongs to user/);
  });
});

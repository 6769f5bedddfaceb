import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasAccessList } from "../../src/ownership/access-list.ts";
import { isOpenToOthers } from "../../src/ownership/file-owners.ts";
import { letOtherWrite } from "../support/fakes/access-list.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

(process.platform === "linux" ? describe : describe.skip)("an access control list", () => {
  const folder = useTempFolder();

  it("is detected, and means that others can write if the group can", function () {
    const path = join(folder(), "file");
    writeFileSync(path, "");
    assert.equal(hasAccessList(path), false);
    if (!letOtherWrite(path)) return this.skip();
    assert.equal(hasAccessList(path), true);
  });

  it("is only read if a private group can write", () => {
    const rights = { uid: 1000, gid: 1000, mode: 0o100664 };
    const groups = "ann:x:1000:\n";
    assert.equal(
      isOpenToOthers(rights, () => false, groups, ""),
      false,
    );
    assert.equal(
      isOpenToOthers(rights, () => true, groups, ""),
      true,
    );
    const never = () => assert.fail();
    assert.equal(isOpenToOthers({ ...rights, mode: 0o100644 }, never, groups, ""), false);
    assert.equal(isOpenToOthers({ ...rights, gid: 50 }, never, groups, ""), true);
  });
});

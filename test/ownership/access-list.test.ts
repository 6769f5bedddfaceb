import { dlopen } from "bun:ffi";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasAccessList } from "../../src/ownership/access-list.ts";
import { isOpenToOthers } from "../../src/ownership/file-owners.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

const bytesOf = (text: string) => new TextEncoder().encode(`${text}\0`);

/** Lets user 12345 write, as `setfacl -m u:12345:rw` does. @returns whether the file system has such lists */
function letOtherWrite(path: string): boolean {
  const list = Buffer.alloc(4 + 5 * 8);
  list.writeUInt32LE(2);
  const entries = [
    [1, 6, -1],
    [2, 6, 12_345],
    [4, 4, -1],
    [16, 6, -1],
    [32, 4, -1],
  ] as const;
  for (const [index, [tag, rights, id]] of entries.entries()) {
    list.writeUInt16LE(tag, 4 + index * 8);
    list.writeUInt16LE(rights, 6 + index * 8);
    list.writeInt32LE(id, 8 + index * 8);
  }
  const { symbols } = dlopen("libc.so.6", {
    setxattr: { args: ["buffer", "buffer", "buffer", "usize", "i32"], returns: "i32" },
  });
  return symbols.setxattr(bytesOf(path), bytesOf("system.posix_acl_access"), list, list.length, 0) === 0;
}

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
      isOpenToOthers(rights, () => false, groups),
      false,
    );
    assert.equal(
      isOpenToOthers(rights, () => true, groups),
      true,
    );
    const never = () => assert.fail();
    assert.equal(isOpenToOthers({ ...rights, mode: 0o100644 }, never, groups), false);
    assert.equal(isOpenToOthers({ ...rights, gid: 50 }, never, groups), true);
  });
});

import assert from "node:assert/strict";
import { checkPath, checkProgram, isTemporaryPath, type Step } from "../../src/service/program-location.ts";

const step = (more: Partial<Step> = {}): Step => ({ path: "/opt/x", uid: 0, gid: 0, mode: 0o755, ...more });

describe("checkProgram", () => {
  it("accepts programs of root or of the service's own user", () => {
    assert.equal(checkProgram([step(), step({ uid: 1000, gid: 1000, mode: 0o775 })], 1000), undefined);
    // Debian's /usr/local/bin, with group staff; /tmp, sticky.
    assert.equal(checkProgram([step({ gid: 50, mode: 0o2775 }), step({ mode: 0o1777 })], 1000), undefined);
  });

  it("refuses a program that another user can replace", () => {
    for (const bad of [
      step({ uid: 1001 }),
      step({ mode: 0o757 }),
      step({ gid: 1002, mode: 0o775 }),
      step({ uid: 1000, mode: 0o777 }),
      // By an access control list, or a group that is not the owner's alone.
      step({ mode: 0o775, isShared: true }),
      step({ uid: 1000, gid: 1000, mode: 0o775, isShared: true }),
    ]) {
      assert.equal(checkProgram([step(), bad], 1000)?.code, "PROGRAM_WRITABLE");
    }
    assert.equal(checkProgram([step({ uid: 1000 })], 0)?.code, "PROGRAM_WRITABLE");
  });

  it("refuses a program that the user can't reach, such as in root's home", () => {
    assert.equal(checkProgram([step({ mode: 0o700 })], 1000)?.code, "PROGRAM_CLOSED");
    assert.equal(checkProgram([step({ mode: 0o700 })], 0), undefined);
    assert.equal(checkProgram([step({ uid: 1000, mode: 0o700 })], 1000), undefined);
  });
});

describe("checkPath", () => {
  it("refuses paths that systemd does not accept for a program", () => {
    for (const path of ["/a'b", '/a"b', "/a\\b", "/a\nb", "bin/x"]) {
      assert.equal(checkPath(path)?.code, "PROGRAM_PATH");
    }
    assert.equal(checkPath("/opt/a b/100%/é$X"), undefined);
  });
});

describe("isTemporaryPath", () => {
  it("recognizes build outputs and folders for temporary files", () => {
    for (const path of ["/tmp/x", "/var/tmp/a/x", "/src/dist/x", "/run/x"])
      assert.ok(isTemporaryPath(path), path);
    for (const path of ["/usr/local/bin/x", "/home/tmp/x", "/opt/distant/x"])
      assert.ok(!isTemporaryPath(path), path);
  });
});

import assert from "node:assert/strict";
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { isForeignFolder } from "../../src/ownership/foreign-folder.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../support/fakes/temp-folder.ts";

describe("isForeignFolder", () => {
  const temp = useTempFolder();
  const state = () => `${temp()}/place/state`;
  const place = (mode: number, owner = 0) => {
    mkdirSync(`${temp()}/place`);
    chmodSync(`${temp()}/place`, mode);
    chownSync(`${temp()}/place`, owner, owner);
  };
  const folder = (owner: number) => {
    mkdirSync(state());
    chownSync(state(), owner, owner);
  };
  const link = (owner: number, target = temp()) => {
    symlinkSync(target, state());
    lchownSync(state(), owner, owner);
  };

  const CASES: [what: string, isForeign: boolean, make: () => unknown][] = [
    ["this user's", false, () => [place(0o755), folder(0)]],
    ["this user's, in a shared folder", false, () => [place(0o1777), folder(0)]],
    ["this user's, in another user's folder", false, () => [place(0o755, otherUserId), folder(0)]],
    ["missing, in another user's folder", false, () => place(0o755, otherUserId)],
    ["another user's, in a shared folder", true, () => [place(0o1777), folder(otherUserId)]],
    ["another user's, in an open folder", true, () => [place(0o777), folder(otherUserId)]],
    ["another user's, in that user's folder", true, () => [place(0o755, otherUserId), folder(otherUserId)]],
    ["another user's, in this user's folder", false, () => [place(0o755), folder(otherUserId)]],
    ["a link of this user", false, () => [place(0o755), link(0)]],
    ["a link of this user to no folder", false, () => [place(0o755), link(0, "/nowhere")]],
    ["another user's link, in a shared folder", true, () => [place(0o1777), link(otherUserId)]],
    ["another user's link to no folder", true, () => [place(0o1777), link(otherUserId, "/nowhere")]],
    ["another user's link, in this user's folder", false, () => [place(0o755), link(otherUserId)]],
    [
      "another user's file, in a shared folder",
      true,
      () => {
        place(0o1777);
        writeFileSync(state(), "");
        chownSync(state(), otherUserId, otherUserId);
      },
    ],
  ];
  for (const [what, isForeign, make] of CASES) {
    itAsRoot(`${what}: ${isForeign}`, async () => {
      make();
      assert.equal(await isForeignFolder(state()), isForeign);
    });
  }
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { problemOf, readBounded, readWhole } from "../../src/limits/bounded-file.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("readBounded", () => {
  const temp = useTempFolder();
  const path = () => `${temp()}/file`;
  const read = async () => {
    const found = await readBounded(path(), 8);
    return found.kind === "bytes" ? Buffer.from(found.bytes).toString() : problemOf(found, 8);
  };

  const CASES: readonly [what: string, make: () => void, expected: string][] = [
    ["a file of the limit's size", () => writeFileSync(path(), "12345678"), "12345678"],
    ["an empty one", () => writeFileSync(path(), ""), ""],
    ["a larger one", () => writeFileSync(path(), "123456789"), "is larger than 8 bytes"],
    ["none", () => {}, "does not exist"],
    ["a folder", () => mkdirSync(path()), "is a folder"],
    ["a pipe that no process writes to", () => execFileSync("mkfifo", [path()]), "is not a plain file"],
    ["a link to a device", () => symlinkSync("/dev/zero", path()), "is not a plain file"],
    ["a link to itself", () => symlinkSync("file", path()), "can't be read (ELOOP)"],
  ];
  for (const [what, make, expected] of CASES) {
    it(`returns the reason for ${what}`, async () => {
      make();
      assert.equal(await read(), expected);
    });
  }

  it("reads a system file that reports no size", async () => {
    const found = await readBounded("/proc/self/status", 65_536);
    assert.ok(found.kind === "bytes" && found.bytes.length > 0);
  });

  it("is read to its end where it has grown since its size was asked for, and no further than the limit", async () => {
    writeFileSync(path(), "a".repeat(10));
    const file = await open(path());
    try {
      const { size } = await file.stat();
      appendFileSync(path(), "b".repeat(300_000));
      assert.equal((await readWhole(file, 400_000, size))?.length, 300_010);
    } finally {
      await file.close();
    }
    const again = await open(path());
    try {
      assert.equal(await readWhole(again, 300_009, 10), undefined);
    } finally {
      await again.close();
    }
  });
});

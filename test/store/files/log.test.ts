import assert from "node:assert/strict";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import { appendLog } from "../../../src/store/files/log.ts";
import { itAsRoot, modeOf, otherUserId, underUmask, useTempFolder } from "../../support/fakes/temp-folder.ts";

const now = Date.UTC(2026, 0, 15, 12, 34, 56, 789);
const largest = 256 * 1024;

describe("appendLog", () => {
  const temp = useTempFolder();
  const state = () => `${temp()}/state`;
  const log = () => `${state()}/log`;
  const text = () => readFileSync(log(), "utf8");

  it("appends a line with the time", () => {
    appendLog(state(), now, "one");
    appendLog(state(), now + 1, "two");
    assert.equal(text(), "2026-01-15T12:34:56.789Z one\n2026-01-15T12:34:56.790Z two\n");
  });

  for (const mask of [0o000, 0o077]) {
    it(`under umask ${mask.toString(8).padStart(3, "0")}: file 0600, folder 0700`, async () => {
      await underUmask(mask, async () => appendLog(state(), now, "line"));
      assert.equal(modeOf(log()), "0600");
      assert.equal(modeOf(state()), "0700");
    });
  }

  it("writes one line for any text", () => {
    const forged = "refused\n2026-01-15T00:00:00.000Z all is well\r\nreally\r!\n";
    appendLog(state(), now, forged);
    assert.deepEqual(text().split("\n").length, 2);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("\n", "\r", "a", " ", "\t") }), (line) => {
        const before = text().split("\n").length;
        appendLog(state(), now, line);
        assert.equal(text().split("\n").length, before + 1);
        assert.ok(!text().includes("\r"));
      }),
      { numRuns: 50 },
    );
  });

  it("keeps at most two files of 256 KiB with the newest lines, both 0600", () => {
    const line = "x".repeat(1000);
    for (let count = 0; count < 1000; count++) appendLog(state(), now, `${count} ${line}`);
    const sizes = [log(), `${log()}.1`].map((path) => statSync(path).size);
    for (const size of sizes) assert.ok(size < largest + 2 * line.length, String(size));
    assert.match(text(), / 999 x+\n$/);
    assert.equal(modeOf(`${log()}.1`), "0600");
    assert.equal(existsSync(`${log()}.2`), false);
  });

  it("follows no link, neither for the log nor for the folder", () => {
    const outside = `${temp()}/outside`;
    writeFileSync(outside, "mine");
    mkdirSync(state(), { mode: 0o700 });
    symlinkSync(outside, log());
    appendLog(state(), now, "line");
    assert.equal(readFileSync(outside, "utf8"), "mine");

    mkdirSync(`${temp()}/real`);
    symlinkSync(`${temp()}/real`, `${temp()}/link`);
    appendLog(`${temp()}/link`, now, "line");
    assert.equal(existsSync(`${temp()}/real/log`), false);
  });

  itAsRoot("writes nothing into another user's folder", () => {
    mkdirSync(state(), { mode: 0o777 });
    chownSync(state(), otherUserId, otherUserId);
    appendLog(state(), now, "line");
    assert.equal(existsSync(log()), false);
  });

  it("never fails: with a folder instead of the file, a file instead of the folder, an invalid time", () => {
    mkdirSync(log(), { recursive: true });
    appendLog(state(), now, "line");
    writeFileSync(`${temp()}/file`, "");
    appendLog(`${temp()}/file`, now, "line");
    appendLog(`${temp()}/other`, Number.NaN, "line");
  });
});

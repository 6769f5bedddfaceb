import assert from "node:assert/strict";
import { daemonLog } from "../../src/daemon/log.ts";
import { Failure } from "../../src/token/failure.ts";

const context = { env: {}, home: "/", printError() {}, printFailure() {}, exitWith() {} };

describe("the daemon's log", () => {
  it("has a time and a level on each line", () => {
    const lines: string[] = [];
    const tell = daemonLog({ ...context, print: (line) => lines.push(line) }, () => 0);
    tell("error", "it failed");
    assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z error it failed"]);
  });

  it("ends no daemon where the disk is full or stdout is closed", () => {
    const print = () => {
      throw new Failure("STDOUT_WRITE", "the output can't be written", "free the disk");
    };
    daemonLog({ ...context, print }, () => 0)("info", "line");
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { daemonLog, messageIds } from "../../src/daemon/log.ts";
import { Failure } from "../../src/token/failure.ts";

const context = { env: {}, home: "/", printError() {}, printFailure() {}, exitWith() {} };

describe("the daemon's log", () => {
  it("has a time and a level on each line", () => {
    const lines: string[] = [];
    const tell = daemonLog({ ...context, print: (line) => lines.push(line) }, { now: () => 0 });
    tell("error", "it failed", { event: "problem_began" });
    assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z error it failed"]);
  });

  it("does not end the daemon if the disk is full or stdout is closed", () => {
    const print = () => {
      throw new Failure("STDOUT_WRITE", "the output can't be written", "free the disk");
    };
    daemonLog({ ...context, print }, { now: () => 0 })("info", "line", { event: "daemon_ended" });
  });

  const details = {
    event: "renewal_failing",
    registry: "R",
    region: "us-east-1",
    identity: "profile ci",
  } as const;

  it("as JSON has an object on each line, with the code", () => {
    const lines: string[] = [];
    const target = { now: () => 0, format: "json" as const, toJournal: () => assert.fail() };
    const tell = daemonLog({ ...context, print: (line) => lines.push(line) }, target);
    tell("error", "R: not renewed. [TIMEOUT]", details);
    tell("info", "ended", { event: "daemon_ended" });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      [
        {
          time: "1970-01-01T00:00:00.000Z",
          level: "error",
          message: "R: not renewed. [TIMEOUT]",
          ...details,
          code: "TIMEOUT",
        },
        { time: "1970-01-01T00:00:00.000Z", level: "info", message: "ended", event: "daemon_ended" },
      ],
    );
  });

  it("gives journald fields, each on one line whatever is in it", () => {
    const messages: string[] = [];
    const target = { now: () => 0, toJournal: (message: string) => messages.push(message) > 0 };
    const tell = daemonLog({ ...context, print: () => assert.fail() }, target);
    tell("error", "R: not renewed. [TIMEOUT]", { ...details, identity: "a\nPRIORITY=0" });
    assert.deepEqual(messages[0]?.split("\n"), [
      "MESSAGE=R: not renewed. [TIMEOUT]",
      "PRIORITY=3",
      "SYSLOG_IDENTIFIER=docker-credential-ecr",
      `MESSAGE_ID=${messageIds.renewal_failing}`,
      "REGISTRY=R",
      "REGION=us-east-1",
      "IDENTITY=a PRIORITY=0",
      "CODE=TIMEOUT",
      "",
    ]);
  });

  it("goes to stdout where journald can't be reached", () => {
    const lines: string[] = [];
    const target = { now: () => 0, toJournal: () => false };
    daemonLog({ ...context, print: (line) => lines.push(line) }, target)("info", "ended", details);
    assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z info ended"]);
  });

  it("has another message ID for each kind of line, which docs/service.md lists", () => {
    const docs = readFileSync(fileURLToPath(new URL("../../docs/service.md", import.meta.url)), "utf8");
    const listed = Object.fromEntries(
      [...docs.matchAll(/^\| `([a-z_]+)` \| `([0-9a-f]{32})` \|/gm)].map(([, event, id]) => [event, id]),
    );
    assert.deepEqual(listed, messageIds);
    assert.equal(new Set(Object.values(messageIds)).size, Object.keys(messageIds).length);
  });
});

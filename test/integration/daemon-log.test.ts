import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { messageIds } from "../../src/daemon/log.ts";
import { eventually } from "../support/eventually.ts";
import { useChildren } from "../support/fakes/child.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { registry, useStanding } from "../support/program/standing.ts";

describe("the daemon's log", function () {
  this.timeout(120_000);
  const standing = useStanding();
  const startChild = useChildren();

  it("has fields in the journal", async function () {
    const mounts = process.platform === "linux" ? ownMounts() : undefined;
    if (!mounts) this.skip();
    const user = keeper(standing, aliceKeeps("111122223333"));
    const folder = `${user.home}/journal`;
    mkdirSync(folder);
    const journald = startChild("./notify-socket.ts", [`${folder}/socket`]);
    await journald.said('"bound"');
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    const own = [
      "mount -t tmpfs none /run && mkdir -p /run/systemd/journal",
      `mount --bind '${folder}' /run/systemd/journal`,
      'JOURNAL_STREAM=$(stat -L -c %d:%i "/proc/$$/fd/1") exec "$@"',
    ];
    const daemon = user.start(["daemon"], { through: [...mounts, ...shell(own.join(" && "))] });
    const entries = () =>
      journald.lines.slice(1).map((line) =>
        Object.fromEntries(
          String(JSON.parse(line))
            .trimEnd()
            .split("\n")
            .map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]),
        ),
      );
    const failing = await eventually("the failure", () =>
      entries().find(({ MESSAGE_ID }) => MESSAGE_ID === messageIds.renewal_failing),
    );
    const { MESSAGE, ...fields } = failing;
    assert.match(MESSAGE ?? "", /access denied.*\[ACCESS_DENIED\]$/);
    assert.deepEqual(fields, {
      PRIORITY: "3",
      SYSLOG_IDENTIFIER: "docker-credential-ecr",
      MESSAGE_ID: messageIds.renewal_failing,
      REGISTRY: registry,
      REGION: "us-east-1",
      IDENTITY: "alice (profile alice)",
      CODE: "ACCESS_DENIED",
    });
    daemon.kill("SIGTERM");
    const { stdout } = await daemon.ended;
    assert.equal(stdout, "", "the journal has it once");
    assert.deepEqual(
      [entries()[0], entries().at(-1)].map((entry) => entry?.MESSAGE_ID),
      [messageIds.daemon_started, messageIds.daemon_ended],
    );
  });

  it("is JSON on request", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const daemon = user.start(["daemon", "--log-format", "json"]);
    await eventually("a token", () => standing.count("GetAuthorizationToken") > 0);
    await eventually("its file", async () => (await user.run(["status"])).exitCode === 0);
    daemon.kill("SIGTERM");
    const { stdout, exitCode } = await daemon.ended;
    assert.equal(exitCode, 0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ event }) => event),
      ["daemon_started", "token_renewed", "daemon_ended"],
    );
    const { time, message, ...renewed } = lines[1];
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(message, /^renewed the token of alice/);
    const about = { registry, region: "us-east-1", identity: "alice (profile alice)" };
    assert.deepEqual(renewed, { level: "info", event: "token_renewed", ...about });
    assert.match((await user.run(["daemon", "--log-format", "xml"])).stderr, /\[USAGE\]\n$/);
  });
});

import assert from "node:assert/strict";
import { openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { aliceKeeps, endDaemon, heartbeat, keeper, passNow } from "../support/program/keeping.ts";
import { programPath } from "../support/program/program.ts";
import { useStanding } from "../support/program/standing.ts";

const config = aliceKeeps("111122223333");

describe("a daemon on a machine that changes", () => {
  const standing = useStanding();

  it("makes its passes and ends if an AWS file becomes a pipe without a writer", async () => {
    const user = keeper(standing, config);
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    const credentials = join(user.home, ".aws/credentials");
    rmSync(credentials);
    assert.equal(Bun.spawnSync(["mkfifo", credentials]).exitCode, 0);
    await passNow(user, daemon);
    assert.equal((await endDaemon(daemon)).at(-1), "info ended");
    assert.equal(heartbeat(user).pid, undefined);
  });

  it("remains the only one if the state folder is removed", async () => {
    const user = keeper(standing, config);
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    rmSync(user.state, { recursive: true });
    daemon.kill("SIGHUP");
    await eventually("the heartbeat", async () =>
      (await user.run(["status"])).stdout.includes("running, process"),
    );
    const second = await user.run(["daemon"]);
    assert.match(second.stderr, /\[DAEMON_RUNNING\]/);
    await endDaemon(daemon);
  });

  it("ends if another one has started since the state folder was removed", async () => {
    const user = keeper(standing, config);
    const first = user.start(["daemon"]);
    await passNow(user, first);
    renameSync(user.state, `${user.state}-before`);
    const second = user.start(["daemon"]);
    await passNow(user, second);
    first.kill("SIGHUP");
    const { exitCode, stderr } = await first.ended;
    assert.equal(exitCode, 1);
    assert.match(stderr, /another daemon.*\[DAEMON_RUNNING\]\n$/);
    assert.equal(heartbeat(user).pid, second.pid);
    await endDaemon(second);
  });

  for (const [kind, env, head] of [
    ["journald's", (stream: string) => ({ JOURNAL_STREAM: stream }), /^<6>info started/],
    [
      "another than journald's",
      () => ({ JOURNAL_STREAM: "1:2", INVOCATION_ID: "abc" }),
      /^\S+Z info started/,
    ],
  ] as const) {
    it(`writes lines for ${kind} stream`, async () => {
      const user = keeper(standing, config);
      const path = user.write("log", "");
      const { dev, ino } = statSync(path);
      const stdout = openSync(path, "w");
      const daemon = Bun.spawn([programPath(), "daemon"], {
        env: { ...user.env, ...env(`${dev}:${ino}`) },
        stdout,
      });
      try {
        await eventually("a line", () => readFileSync(path, "utf8").includes("\n"));
        assert.match(readFileSync(path, "utf8"), head);
      } finally {
        daemon.kill();
        await daemon.exited;
      }
    });
  }

  it("--once --splay waits for a random time before the first request", async () => {
    const user = keeper(standing, config);
    const waiting = user.start(["daemon", "--once", "--splay", "10h"]);
    const quick = await keeper(standing, config).run(["daemon", "--once", "--verbose", "--splay", "1s"]);
    assert.match(quick.stdout, /1 token renewed/);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    waiting.kill("SIGTERM");
    assert.equal((await waiting.ended).stdout, "");
  });
});

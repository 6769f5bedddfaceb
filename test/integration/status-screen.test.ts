import assert from "node:assert/strict";
import { version } from "../../package.json";
import { eventually } from "../support/eventually.ts";
import { matchesGolden } from "../support/program/golden.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import { follower, following } from "../support/program/replicating.ts";
import { atTerminal, plain, type ScreenSize } from "../support/program/screen.ts";
import { keys, otherRegistry, useStanding } from "../support/program/standing.ts";
import { hour, minute, passTime } from "../support/program/state.ts";
import { configPath, type User, type Variables } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const one = "111122223333";
const broken = "version: 1\nidentites: {}\n";
const failing = { status: 400, code: "AccessDeniedException" };

describe("status on a terminal", () => {
  const standing = useStanding();

  const screenOf = async (user: User, args: string[] = [], env?: Variables, size?: ScreenSize) => {
    const { exitCode, sent } = await atTerminal(user, ["status", ...args], env, size).ended;
    return { exitCode, sent, shown: plain(sent) };
  };

  /** Without what differs from time to time: processes and the daemon's spread. */
  const steady = (shown: string) =>
    shown
      .replace(/process \d+/, "process 4711")
      .replace(`version ${version}`, "version 0.1.0")
      .replace(/\d{4}-\d\d-\d\dT[\d:]{8}Z/g, "2026-11-27T10:00:00Z")
      .replace(/(?<=11h 59m {2})in .*/g, "in 5h 40m");

  async function shows(user: User, name: string, exitCode: number) {
    const screen = await screenOf(user);
    assert.equal(screen.exitCode, exitCode, screen.shown);
    matchesGolden(steady(screen.shown), `status-${name}`);
  }

  async function running(user: User) {
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    return daemon;
  }

  describe("at 80 columns", () => {
    it("all is well", async () => {
      const user = keeper(standing, aliceKeeps(one, "us-east-1, us-west-2, eu-west-1"));
      const daemon = await running(user);
      await shows(user, "well", 0);
      await endDaemon(daemon);
    });

    it("one is expiring, and the keys of a build can't be had", async () => {
      const user = keeper(standing, aliceKeeps(one).replace("1s", "2h"));
      await user.run(["refresh"]);
      passTime(user, 11 * hour);
      answered(await user.get(otherRegistry, { env: keys("bob") }), otherRegistry);
      await shows(user, "expiring", 1);
    });

    it("errors come first, and one that many share is told once", async () => {
      const user = keeper(
        standing,
        aliceKeeps(
          one,
          "us-east-1, us-west-2",
          `  - host: ${one}.dkr.ecr-fips.us-east-1.amazonaws.com\n    identity: alice\n`,
        ),
      );
      standing.aws.controls.fail("GetAuthorizationToken", { ...failing, region: "us-east-1" });
      const daemon = await running(user);
      await shows(user, "errors", 1);
      await endDaemon(daemon);
    });

    it("a renewal fails, then the token expires", async () => {
      const user = keeper(standing, aliceKeeps(one, "us-east-1, us-west-2"));
      await user.run(["refresh"]);
      passTime(user, 7 * hour);
      standing.aws.controls.fail("GetAuthorizationToken", failing);
      await user.run(["daemon", "--once"]);
      passTime(user, hour);
      await shows(user, "not-renewed", 0);
      passTime(user, 5 * hour);
      await shows(user, "expired", 1);
    });

    it("the daemon is dead", async () => {
      const user = keeper(standing, aliceKeeps(one));
      const daemon = await running(user);
      daemon.kill("SIGKILL");
      await daemon.ended;
      await shows(user, "daemon-dead", 0);
    });

    it("config.yaml is broken", async () => {
      const user = keeper(standing, aliceKeeps(one));
      await user.run(["refresh"]);
      user.write(configPath, broken);
      await shows(user, "config-broken", 1);
    });

    it("replication and outputs", async () => {
      const user = follower(standing);
      const output = user.write("ci/config.json", "{}");
      const outputs = [output, `${user.home}/gone/config.json`].map((path) => `  - dockerConfig: ${path}\n`);
      user.write(configPath, following(`outputs:\n${outputs.join("")}`));
      await user.run(["daemon", "--once"]);
      passTime(user, 5 * minute);
      await shows(user, "replication-outputs", 0);
    });

    it("nothing is kept", async () => {
      await shows(keeper(standing), "nothing", 0);
    });
  });

  it("has colours, except with --no-color, NO_COLOR or a terminal without colours", async () => {
    const user = keeper(standing, aliceKeeps(one));
    const isColoured = ({ sent }: { sent: string }) => sent.includes("\x1b[");
    assert.ok(isColoured(await screenOf(user)));
    assert.ok(isColoured(await screenOf(user, [], { NO_COLOR: "" })));
    assert.ok(!isColoured(await screenOf(user, ["--no-color"])));
    assert.ok(!isColoured(await screenOf(user, [], { NO_COLOR: "1" })));
    assert.ok(!isColoured(await screenOf(user, [], { TERM: "dumb" })));
    const { sent } = await atTerminal(user, ["doctor", "--no-color"]).ended;
    assert.ok(!isColoured({ sent }) && sent.includes("docker-config"));
  });

  it("has complete host names if there is room, and block characters only with UTF-8", async () => {
    const user = keeper(standing, aliceKeeps(one));
    await user.run(["refresh"]);
    const { shown } = await screenOf(user, [], { LANG: "C" }, { columns: 120 });
    assert.match(
      shown,
      /^111122223333\.dkr\.ecr\.us-east-1\.amazonaws\.com {2}alice \(profile alice\) {2}#{10} 11h 59m/m,
    );
    const unsized = await screenOf(user, ["--no-color"], { COLUMNS: "80" }, { columns: 0, rows: 0 });
    assert.match(unsized.shown, /^111122223333 us-east-1 {2}alice/m);
  });
});

describe("status --watch", () => {
  const standing = useStanding();
  const entering = "\x1b[?1049h\x1b[?25l";
  const leaving = "\x1b[?25h\x1b[?1049l";

  /** The last frame, as it stands on the screen. */
  const frame = (sent: string) => plain(sent.slice(sent.lastIndexOf("\x1b[H")));

  it("redraws in the current size of the terminal, and ends normally on Ctrl-C", async () => {
    const user = keeper(standing, aliceKeeps(one));
    const watching = atTerminal(user, ["status", "--watch"]);
    await eventually("a frame", () => frame(watching.sent()).includes("none"));
    await user.run(["refresh"]);
    await eventually("the next", () => frame(watching.sent()).includes("11h 59m"));
    assert.doesNotMatch(frame(watching.sent()), /111122223333\.dkr/);
    watching.resize(140, 30);
    await eventually("the wider one", () => frame(watching.sent()).includes(`${one}.dkr.ecr.us-east-1`));
    const before = watching.sent().length;
    watching.type("\x03");
    const { exitCode, sent } = await watching.ended;
    assert.equal(exitCode, 0);
    assert.ok(sent.startsWith(entering) && sent.endsWith(leaving), JSON.stringify(sent.slice(before)));
    assert.equal(sent.split(entering).length, 2);
  });

  it("restores the terminal while it is stopped, and ends normally on SIGTERM and SIGHUP", async () => {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      const watching = atTerminal(keeper(standing), ["status", "--watch"]);
      await eventually("a frame", () => watching.sent().includes("No registry"));
      watching.kill("SIGTSTP");
      await eventually("the terminal back", () => watching.sent().endsWith(leaving));
      watching.kill("SIGCONT");
      await eventually("another frame", () => watching.sent().split(entering).length === 3);
      watching.kill(signal);
      const { exitCode, sent } = await watching.ended;
      assert.deepEqual([exitCode, sent.endsWith(leaving)], [0, true], signal);
    }
  });

  it("is refused without a terminal, and with machine-readable output", async () => {
    const user = keeper(standing);
    const piped = await user.run(["status", "--watch"]);
    assert.deepEqual([piped.exitCode, piped.stdout], [1, ""]);
    assert.match(piped.stderr, /^docker-credential-ecr: --watch .*\[USAGE\]\n$/);
    assert.equal((await user.run(["status", "--watch", "--json"])).exitCode, 1);
  });
});

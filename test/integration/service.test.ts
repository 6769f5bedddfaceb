import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { version } from "../../package.json";
import { itAsRoot } from "../support/fakes/temp-folder.ts";
import { accountHome } from "../support/program/account-home.ts";
import { FakeSystemd } from "../support/program/fake-systemd.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { programPath } from "../support/program/program.ts";
import { User } from "../support/program/user.ts";

// Root's own service is refused; this process is then somebody else, to whom root's files belong.
const nobody = ["unshare", "--user", "--map-user=65534", "--map-group=65534"];
const isRoot = process.geteuid?.() === 0;
const through = isRoot ? nobody : [];
const unitPath = ".config/systemd/user/docker-credential-ecr.service";

describe("service", () => {
  let user: User;
  let systemd: FakeSystemd;
  before(function () {
    if (process.platform !== "linux") this.skip();
    if (isRoot) assert.equal(spawnSync("unshare", [...nobody.slice(1), "true"]).status, 0);
  });
  beforeEach(() => {
    user = new User({});
    systemd = new FakeSystemd(user);
    user.env["PATH"] = `${systemd.bin}:/usr/bin:/bin`;
  });
  afterEach(() => user.remove());

  const service = (args: readonly string[], env: Record<string, string | undefined> = {}) =>
    user.run(["service", ...args], { through, env });
  const unit = () => readFileSync(join(user.home, unitPath), "utf8");

  it("install writes, enables and starts a unit, only once", async () => {
    const { stdout, stderr, exitCode } = await service(["install"], { AWS_CONFIG_FILE: "/srv/aws/config" });
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /\.service: written\n.*active \(running\), enabled, process 42\n$/);
    assert.deepEqual(systemd.takeCalls(), [
      "systemctl --user daemon-reload",
      "systemctl --user enable docker-credential-ecr.service",
      "systemctl --user restart docker-credential-ecr.service",
    ]);
    assert.match(unit(), /^Environment="AWS_CONFIG_FILE=\/srv\/aws\/config"$/m);
    assert.equal(statSync(join(user.home, unitPath)).mode & 0o777, 0o644);
    const again = await service(["install"], { AWS_CONFIG_FILE: "/srv/aws/config" });
    assert.match(again.stdout, /nothing to change/);
    assert.deepEqual(systemd.takeCalls(), [
      "systemctl --user enable docker-credential-ecr.service",
      "systemctl --user start docker-credential-ecr.service",
    ]);
    await service(["install", "--splay", "10m"]);
    assert.match(unit(), /daemon --splay 10m$/m);
    assert.ok(systemd.takeCalls().includes("systemctl --user restart docker-credential-ecr.service"));
  });

  it("restart and install restart a daemon of an older version, and no other", async () => {
    assert.match((await service(["restart"])).stdout, /\.service: not installed, nothing to restart\n$/);
    assert.deepEqual(systemd.takeCalls(), []);
    const ran = (program: string) =>
      user.write(
        ".local/state/docker-credential-ecr/refresher.json",
        JSON.stringify({ format: 1, pid: process.pid, program, lastTickAt: Date.now(), state: {} }),
      );
    ran("0.0.1");
    const withoutService = await service(["restart"]);
    assert.equal(withoutService.exitCode, 1);
    assert.match(withoutService.stderr, new RegExp(`daemon without a service.*'kill ${process.pid}'`));
    ran(version);
    assert.equal((await service(["restart"])).exitCode, 0);
    await service(["install"]);
    systemd.takeCalls();
    ran(version);
    assert.match((await service(["restart"])).stdout, /^nothing to restart: .*active/);
    assert.deepEqual(systemd.takeCalls(), []);
    ran("0.0.1");
    assert.match((await service(["restart"])).stdout, /^restarted, since it ran an older program: .*active/);
    assert.ok(systemd.takeCalls().includes("systemctl --user restart docker-credential-ecr.service"));
    await service(["install"]);
    assert.ok(systemd.takeCalls().includes("systemctl --user restart docker-credential-ecr.service"));
  });

  it("uninstall removes everything, and succeeds if there is nothing", async () => {
    await service(["install"]);
    systemd.takeCalls();
    // As `systemctl enable` would have left it for one that can't be asked any more.
    const wants = join(user.home, ".config/systemd/user/default.target.wants");
    mkdirSync(wants);
    writeFileSync(join(wants, "docker-credential-ecr.service"), "");
    const dry = await service(["uninstall", "--dry-run"]);
    assert.match(dry.stdout, /would stop .* and remove/);
    assert.deepEqual(systemd.takeCalls(), []);
    assert.equal((await service(["uninstall"])).exitCode, 0);
    assert.deepEqual(systemd.takeCalls(), [
      "systemctl --user disable --now docker-credential-ecr.service",
      "systemctl --user daemon-reload",
      "systemctl --user reset-failed docker-credential-ecr.service",
    ]);
    assert.deepEqual(readdirSync(join(user.home, ".config")), []);
    const again = await service(["uninstall"]);
    assert.deepEqual([again.exitCode, systemd.takeCalls()], [0, []]);
    assert.match(again.stdout, /not installed/);
  });

  it("status shows the state and the heartbeat: 0 running, 3 not running, 4 not installed", async () => {
    assert.equal((await service(["status"])).exitCode, 4);
    await service(["install"]);
    const running = await service(["status"]);
    assert.equal(running.exitCode, 0);
    assert.match(running.stdout, /^docker-credential-ecr\.service: active \(running\).*\nheartbeat: none\n$/);
    systemd.answer(
      "show",
      "ActiveState=failed\nSubState=failed\nUnitFileState=enabled\nMainPID=0\nNRestarts=7",
    );
    const failed = await service(["status"]);
    assert.equal(failed.exitCode, 3);
    assert.match(failed.stdout, /failed \(failed\), enabled, restarted 7 times/);
    systemd.answer("is-system-running", "offline", 1);
    const offline = await service(["status"]);
    assert.equal(offline.exitCode, 3);
    assert.match(offline.stdout, /\[NO_SYSTEMD\]/);
  });

  it("status, restart and uninstall know the unit of a package, which install refuses to double", async () => {
    const path = user.write(".local/share/systemd/user/docker-credential-ecr.service", "[Service]\n");
    const inactive = "ActiveState=inactive\nSubState=dead\nUnitFileState=disabled\nMainPID=0\nNRestarts=0";
    systemd.answer("show", inactive);
    const disabled = await service(["status"]);
    assert.equal(disabled.exitCode, 4);
    assert.match(
      disabled.stdout,
      /: not enabled; to enable and start it, run: systemctl --user enable --now docker-credential-ecr\.service\n$/,
    );
    // A unit that was started without being enabled is restarted, and stays disabled.
    const heartbeat = () =>
      user.write(
        ".local/state/docker-credential-ecr/refresher.json",
        JSON.stringify({ format: 1, pid: process.pid, program: "0.0.1", lastTickAt: Date.now(), state: {} }),
      );
    const refresher = heartbeat();
    assert.match((await service(["restart"])).stdout, /not enabled, nothing to restart\n$/);
    systemd.takeCalls();
    systemd.answer("show", "ActiveState=active\nSubState=running\nUnitFileState=disabled\nMainPID=42");
    assert.match((await service(["restart"])).stdout, /^restarted, since it ran an older program/);
    assert.deepEqual(systemd.takeCalls(), [
      "systemctl --user daemon-reload",
      "systemctl --user restart docker-credential-ecr.service",
    ]);
    systemd.answer("show", inactive);
    rmSync(refresher);
    const wants = join(user.home, ".config/systemd/user/default.target.wants");
    mkdirSync(wants, { recursive: true });
    symlinkSync(path, join(wants, "docker-credential-ecr.service"));
    const stopped = await service(["status"]);
    assert.equal(stopped.exitCode, 3);
    assert.match(stopped.stdout, /^docker-credential-ecr\.service: inactive \(dead\)/);
    const refused = await service(["install"]);
    assert.equal(refused.exitCode, 1);
    assert.match(
      refused.stderr,
      /is enabled already, .* first run: systemctl --user disable --now docker-credential-ecr\.service\. \[UNIT_FOREIGN\]\n$/,
    );
    assert.ok(!existsSync(join(user.home, unitPath)));
    assert.match((await service(["uninstall"])).stdout, /stays enabled; .*systemctl --user disable --now/);
    const shown = await user.run(["status", "--json"], { through });
    const { service: file, expected } = JSON.parse(shown.stdout).daemon;
    assert.deepEqual([file, expected], [path, true]);
    assert.match(
      (await user.run(["status"], { through })).stdout,
      /^daemon: not running, though its service is installed: \S+; start it: systemctl --user restart docker-credential-ecr\.service\n/,
    );
    const { diagnostics } = JSON.parse((await user.run(["doctor", "--json"], { through })).stdout);
    const { seen } = diagnostics.find((each: { name: string }) => each.name === "daemon");
    assert.match(seen, /its service is enabled; start it: systemctl --user restart/);
    heartbeat();
    systemd.takeCalls();
    assert.match((await service(["restart"])).stdout, /^restarted, since it ran an older program/);
    assert.ok(systemd.takeCalls().includes("systemctl --user restart docker-credential-ecr.service"));
  });

  it("explains how the service survives the last session, and does not change it", async () => {
    systemd.answer("show-user", "Linger=no");
    const { stderr, exitCode } = await service(["install"], { USER: "mallory", LOGNAME: "mallory" });
    assert.equal(exitCode, 0);
    assert.match(stderr, /loginctl enable-linger (?!mallory)\w+\n/);
    assert.ok(!systemd.takeCalls().some((call) => call.includes("linger")));
  });

  it("names the variables that the service lacks, and writes no secret", async () => {
    const secrets = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI" };
    const env = { ...secrets, AWS_PROFILE: "ci", HTTPS_PROXY: "http://me:pa55@proxy:3128" };
    for (const more of [["--dry-run"], []]) {
      const { stdout, stderr, exitCode } = await service(["install", ...more], env);
      assert.equal(exitCode, 0, stderr);
      assert.match(
        stderr,
        /AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_SECRET_ACCESS_KEY: set in this shell.*config\.yaml/,
      );
      assert.match(stderr, /HTTPS_PROXY: set in this shell.*EnvironmentFile=/);
      assert.doesNotMatch(stdout + stderr, /AKIA|wJal|pa55/);
    }
    assert.doesNotMatch(unit(), /AKIA|wJal|pa55|AWS_PROFILE/);
  });

  it("names alternatives without systemd, and writes nothing", async () => {
    for (const prepare of [
      () => systemd.answer("is-system-running", "offline", 1),
      () => {
        user.env["PATH"] = "/nowhere:/usr/bin/nothing";
      },
    ]) {
      prepare();
      const { stderr, exitCode } = await user.run(["service", "install"], {
        through: isRoot ? ["/usr/bin/unshare", ...nobody.slice(1)] : [],
      });
      assert.equal(exitCode, 1);
      assert.match(stderr, /daemon --if-not-running.*daemon --once.*\[NO_SYSTEMD\]\n$/);
      assert.ok(!existsSync(join(user.home, unitPath)));
    }
  });

  it("explains how to reach the user's service manager", async () => {
    systemd.answer("is-system-running", "", 1);
    const { stderr, exitCode } = await service(["install"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[NO_USER_MANAGER\]\n$/);
    assert.ok(!existsSync(join(user.home, unitPath)));
  });

  it("reports a failed start, and where to look", async () => {
    systemd.answer("restart", "Job for docker-credential-ecr.service failed.", 1);
    const { stderr, exitCode } = await service(["install"]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /did not start: Job for.*journalctl --user -n 20 -u docker-credential-ecr\.service'\. \[SERVICE_FAILED\]/,
    );
  });

  it("does not change a unit of another origin", async () => {
    const path = user.write(unitPath, "[Service]\nExecStart=/bin/mine\n");
    for (const verb of ["install", "uninstall"]) {
      assert.match((await service([verb])).stderr, /\[UNIT_FOREIGN\]\n$/);
    }
    assert.match(readFileSync(path, "utf8"), /mine/);
  });

  it("replaces a unit that a user has edited, and names the settings that are lost, without values", async () => {
    await service(["install"]);
    const written = unit();
    systemd.takeCalls();
    const edited = written
      .replace("[Service]\n", "[Service]\nNice=5\nEnvironment=HTTPS_PROXY=http://me:test-password@proxy\n")
      .replace(/^WatchdogSec=.*$/m, "WatchdogSec=1h");
    user.write(unitPath, edited);
    const { stdout, stderr, exitCode } = await service(["install"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /\.service: written\n/);
    assert.match(
      stderr,
      /^docker-credential-ecr: the previous file had other settings: Nice, Environment, WatchdogSec; .*systemctl edit'\n/m,
    );
    assert.doesNotMatch(stdout + stderr, /test-password/);
    assert.equal(unit(), written);
    assert.ok(systemd.takeCalls().includes("systemctl --user daemon-reload"));
    assert.doesNotMatch((await service(["install"])).stderr, /previous file/);
  });

  it("says what failed if a unit that a user has broken does not start, and can be installed again", async () => {
    await service(["install"]);
    const written = unit();
    // Only the first line tells that it is this program's.
    user.write(unitPath, `${written.split("\n", 1)[0]}\n[Serv`);
    systemd.answer("restart", "Unit has a bad unit file setting.", 1);
    assert.match((await service(["install"])).stderr, /bad unit file setting.*\[SERVICE_FAILED\]\n$/);
    systemd.answer("restart", "");
    assert.equal((await service(["install"])).exitCode, 0);
    assert.equal(unit(), written);
  });

  it("refuses contradictory options, in one line", async () => {
    for (const [args, code] of [
      [["install", "--system"], "NEEDS_ROOT"],
      [["install", "--user", "root"], "USAGE"],
      [["install", "--splay", "soon"], "USAGE"],
      [["install", "--system", "--user", "no-such-user-here"], "UNKNOWN_USER"],
      [["install", "--system", "--user", "--help"], "UNKNOWN_USER"],
      [["install", "--system", "--user", "root"], "NEEDS_ROOT"],
      [["uninstall", "--system", "--user", "root"], undefined],
    ] as const) {
      const { stderr, exitCode } = await service(args);
      if (code === undefined) assert.equal(exitCode, 0, stderr);
      else assert.match(stderr, new RegExp(`\\[${code}\\]\\n$`), args.join(" "));
      // The fix is a command to copy.
      if (code === "NEEDS_ROOT") assert.match(stderr, / service install --system --user [\w-]+\. \[/);
    }
  });

  it("shows the unit with --dry-run in any case, and changes nothing", async () => {
    systemd.answer("is-system-running", "offline", 1);
    const { stdout, stderr, exitCode } = await user.run(
      ["service", "install", "--system", "--user", "root", "--dry-run"],
      {
        through,
      },
    );
    assert.equal(exitCode, 0);
    assert.match(stdout, /^# Written by .*\n\[Unit\]/);
    assert.match(stdout, /^User=root$/m);
    assert.match(stderr, /would write \/etc\/systemd\/system\/docker-credential-ecr-root\.service/);
    assert.deepEqual(systemd.takeCalls(), []);
  });

  it("uses the account's home folder without HOME", async () => {
    const { stderr, exitCode } = await user.run(["service", "install", "--dry-run"], {
      env: { HOME: undefined },
    });
    assert.equal(exitCode, 0);
    assert.ok(stderr.includes(`would write ${accountHome()}/.config/systemd/user/`), stderr);
  });

  describe("as root", () => {
    let inOwnUnits: readonly string[] = [];
    beforeEach(function () {
      const own = isRoot ? ownMounts() : undefined;
      if (!own) this.skip();
      mkdirSync(join(user.home, "units"));
      inOwnUnits = [...own, ...shell(`mount --bind '${user.home}/units' /etc/systemd/system && exec "$@"`)];
    });
    const asRoot = (args: readonly string[], env: Record<string, string> = {}) =>
      user.run(["service", ...args], { through: inOwnUnits, env });

    itAsRoot("makes a service of the system for a user, and removes it", async () => {
      const whom = ["--system", "--user", "root"];
      const { stdout, stderr, exitCode } = await asRoot(["install", ...whom]);
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^\/etc\/systemd\/system\/docker-credential-ecr-root\.service: written/);
      assert.deepEqual(systemd.takeCalls(), [
        "systemctl daemon-reload",
        "systemctl enable docker-credential-ecr-root.service",
        "systemctl restart docker-credential-ecr-root.service",
      ]);
      assert.match(
        readFileSync(join(user.home, "units/docker-credential-ecr-root.service"), "utf8"),
        /^User=root$/m,
      );
      assert.equal((await asRoot(["status", ...whom])).exitCode, 0);
      assert.equal((await asRoot(["uninstall", ...whom])).exitCode, 0);
      assert.deepEqual(readdirSync(join(user.home, "units")), []);
    });

    itAsRoot("runs as the user who called sudo where none is named", async () => {
      const asked = async (SUDO_UID: string) => asRoot(["install", "--system", "--dry-run"], { SUDO_UID });
      const { stdout, stderr, exitCode } = await asked("65534");
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^User=nobody$/m);
      assert.match(stderr, /would write \/etc\/systemd\/system\/docker-credential-ecr-nobody\.service/);
      for (const sudoUid of ["", "0", "root", "-1"]) {
        assert.match((await asked(sudoUid)).stderr, /--system needs --user NAME.*\[USAGE\]\n$/);
      }
    });

    itAsRoot("removes the service of a user who is gone", async () => {
      await asRoot(["install", "--system", "--user", "root"]);
      const units = join(user.home, "units");
      renameSync(
        join(units, "docker-credential-ecr-root.service"),
        join(units, "docker-credential-ecr-gone.service"),
      );
      const { stderr, exitCode } = await asRoot(["uninstall", "--system", "--user", "gone"]);
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(readdirSync(units), []);
    });

    itAsRoot(
      "refuses root's own service, and a program that its user can't start or others may replace",
      async () => {
        assert.match((await asRoot(["install"])).stderr, /\[ROOT_NEEDS_SYSTEM\]\n$/);
        // Other tests open the folder of the tests' program to other users.
        chmodSync(dirname(dirname(programPath())), 0o700);
        const { stderr } = await asRoot(["install", "--system", "--user", "daemon"]);
        assert.match(stderr, /\[(?:PROGRAM_CLOSED|USER_HOME)\]\n$/);
        assert.deepEqual(readdirSync(join(user.home, "units")), []);
      },
    );
  });
});

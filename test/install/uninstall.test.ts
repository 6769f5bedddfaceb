import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { writeMark } from "../../src/logins/keychain-marks.ts";
import { keychainMarkPath } from "../../src/store/files/paths.ts";
import { FakeSystemd } from "../support/program/fake-systemd.ts";
import { Installer } from "../support/program/installer.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { member, registry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { silent } from "../support/program/verdicts.ts";

describe("install.sh --uninstall", function () {
  this.timeout(120_000);
  const standing = useStanding();

  /** A user who has installed it, with tokens in these files below HOME. */
  async function withOutputs(...names: string[]): Promise<Installer> {
    const installer = new Installer(standing.user());
    const { user } = installer;
    mkdirSync(join(user.home, "ci"), { mode: 0o700 });
    user.writeAwsKeys({ alice: member("alice") });
    const listed = names.map((name) => `  - dockerConfig: ${user.home}/ci/${name}\n`).join("");
    user.write(configPath, aliceKeeps("111122223333", "us-east-1", `outputs:\n${listed}`));
    assert.equal(installer.run([registry]).status, 0);
    assert.equal((await user.run(["daemon", "--once"])).exitCode, 0);
    assert.deepEqual(readdirSync(join(user.home, "ci")).sort(), names);
    return installer;
  }

  it("uses the prefix of the installation, and ignores a program elsewhere", () => {
    const installer = new Installer(standing.user());
    const { user, prefix } = installer;
    assert.equal(installer.run([registry]).status, 0);
    assert.ok(existsSync(join(prefix, "share/docker-credential-ecr/config.schema.json")));
    const other = user.write(".local/bin/docker-credential-ecr", "#!/bin/sh\nexit 1\n");
    chmodSync(other, 0o755);
    const script = join(user.home, "checkout/install.sh");
    const ran = spawnSync(script, ["--uninstall"], {
      env: { ...user.env, PATH: installer.path },
      encoding: "utf8",
    });
    assert.deepEqual([ran.status, installer.isThere, existsSync(other)], [0, false, true], ran.stderr);
    assert.ok(ran.stdout.includes(`removed ${prefix}/bin/docker-credential-ecr`));
    assert.ok(!existsSync(join(prefix, "share/docker-credential-ecr")));
  });

  it("reports the old and the new version", () => {
    const installer = new Installer(standing.user());
    const { user, prefix } = installer;
    assert.doesNotMatch(installer.run([registry]).stdout, /replaces/);
    assert.doesNotMatch(installer.run([registry]).stdout, /replaces/);
    const old = user.write(
      "prefix/bin/docker-credential-ecr",
      "#!/bin/sh\necho 'docker-credential-ecr (x) 0.0.1'\n",
    );
    chmodSync(old, 0o755);
    assert.match(installer.run([registry]).stdout, /^version \d+\.\d+\.\d+ replaces version 0\.0\.1$/m);
    assert.ok(existsSync(join(prefix, "bin")));
  });

  it("asks for a configuration only if there may be none", async () => {
    const installer = new Installer(standing.user());
    assert.match(installer.run([]).stdout, /^next, select the registries.*:\n.*configure-docker\n$/m);
    assert.match(
      installer.run([]).stdout,
      /^if Docker does not use this helper yet, .*:\n.*configure-docker\n$/m,
    );
    assert.equal((await installer.user.run(["configure-docker", registry])).exitCode, 0);
    assert.match(installer.run([]).stdout, /\nthe configuration of Docker and podman was not changed\n$/);
    assert.equal(installer.run(["--uninstall"]).status, 0);
    assert.match(installer.run([]).stdout, /^next, select the registries/m);
  });

  it("names a daemon that still runs the previous program", async function () {
    if (process.platform !== "linux") return this.skip();
    const installer = new Installer(keeper(standing));
    const { user, bin } = installer;
    user.write(configPath, aliceKeeps("111122223333"));
    const first = installer.run([registry]);
    assert.deepEqual([first.status, first.stderr], [0, ""]);
    const daemon = user.start(["daemon"], { program: join(bin, "docker-credential-ecr") });
    await passNow(user, daemon);
    const { status, stderr, stdout } = installer.run([registry]);
    assert.equal(status, 0, stdout);
    assert.match(
      stderr,
      new RegExp(`^the daemon of \\S+, process ${daemon.pid}, .*: ${bin}/\\S+ service restart\n$`),
    );
    await endDaemon(daemon);
    assert.equal(installer.run([registry]).stderr, "");
  });

  it("removes tokens from outputs", async () => {
    const installer = await withOutputs("a.json", "b.json");
    const { home } = installer.user;
    const before = snapshot(home);
    const dry = installer.run(["--uninstall", "--dry-run"]);
    assert.match(dry.stdout, /ci\/a\.json: tokens would be removed\n.*ci\/b\.json/);
    assert.deepEqual(snapshot(home), before);
    const { stdout, stderr, status } = installer.run(["--uninstall"]);
    assert.deepEqual([status, stderr], [0, ""], stdout);
    assert.deepEqual(readdirSync(join(home, "ci")), []);
    assert.equal(installer.isThere, false);
  });

  it("names the output that still contains tokens, and removes everything else", async () => {
    const installer = await withOutputs("a.json", "b.json");
    const { user } = installer;
    user.write("ci/a.json", "{");
    const { stderr, status } = installer.run(["--uninstall"]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /tokens are left in \S+\/ci\/a\.json: .*\ninstall\.sh: not everything was removed, see above\n$/,
    );
    assert.deepEqual(readdirSync(join(user.home, "ci")), ["a.json"]);
    assert.equal(installer.isThere, false);
    assert.equal(existsSync(user.state), false);
  });

  it("refuses if the program is elsewhere and outputs contain tokens", async () => {
    const installer = await withOutputs("a.json");
    assert.equal((await installer.user.run(["configure-docker", "--undo"])).exitCode, 0);
    const { stderr, status } = installer.run(["--prefix", "/nowhere", "--uninstall"]);
    assert.equal(status, 1);
    assert.match(stderr, /output.*--prefix.*nothing was removed/);
    assert.ok(existsSync(installer.user.state));
  });

  it("removes nothing if that would lose logins", async () => {
    const installer = new Installer(standing.user());
    const { user } = installer;
    user.write(configPath, "version: 1\nfallback: file\n");
    assert.match(
      installer.run([]).stdout,
      /select the registries.*:\n {2}docker-credential-ecr configure-docker\n$/,
    );
    assert.equal(installer.run(["--all"]).status, 0);
    silent(await user.store("c.example", "me", "hush"));
    const before = snapshot(user.home);
    const { stderr, status } = installer.run(["--uninstall"]);
    assert.equal(status, 1);
    assert.match(stderr, /logins to c\.example .*\[LOGINS_KEPT\]\ninstall\.sh: nothing was removed\n$/);
    assert.deepEqual(snapshot(user.home), before);
    assert.equal((await user.run(["configure-docker", "--undo"])).exitCode, 0);
    const elsewhere = installer.run(["--prefix", "/nowhere", "--uninstall"]);
    assert.equal(elsewhere.status, 1);
    assert.match(elsewhere.stderr, /sealed has logins: .*--prefix.*nothing was removed/);
    assert.deepEqual(readdirSync(join(user.state, "sealed")).length, 1);
  });

  it("names the logins in the keychain if the program does not exist", async () => {
    const installer = new Installer(standing.user());
    const { user } = installer;
    for (const server of ["b.example", "https://index.docker.io/v1/"]) await writeMark(user.state, server);
    const damaged = keychainMarkPath(user.state, "damaged");
    writeFileSync(damaged, "", { mode: 0o600 });
    const named = `left in the keychain: logins to b.example, https://index.docker.io/v1/, the server of ${basename(damaged)}\n`;
    const planned = installer.run(["--uninstall", "--dry-run"]);
    assert.deepEqual([planned.stderr, planned.status], [named, 0]);
    assert.ok(existsSync(user.state));
    const { stderr, status } = installer.run(["--uninstall"]);
    assert.deepEqual([stderr, status], [`${named}install.sh: not everything was removed, see above\n`, 1]);
    assert.equal(existsSync(user.state), false);
    assert.equal(installer.run(["--uninstall"]).status, 0);
  });

  it("removes the helper from the Docker config of the system service's user", function () {
    const own = process.geteuid?.() === 0 ? ownMounts() : undefined;
    if (process.platform !== "linux" || !own) return this.skip();
    const installer = new Installer(standing.user());
    const { user } = installer;
    const systemd = new FakeSystemd(user);
    const ci = standing.user();
    chownSync(ci.home, 54_321, 54_321);
    // The service's user must be able to run the program.
    chmodSync(user.home, 0o755);
    chmodSync(installer.prefix.replace(/prefix$/, "fake-bin"), 0o755);
    mkdirSync(join(user.home, "units"));
    const accounts = `${readFileSync("/etc/passwd", "utf8").trimEnd()}\necr-ci:x:54321:54321::${ci.home}:/bin/sh\n`;
    writeFileSync(join(user.home, "passwd"), accounts, { mode: 0o644 });
    const mounts = `mount --bind ${user.home}/units /etc/systemd/system && mount --bind ${user.home}/passwd /etc/passwd`;
    const through = [...own, ...shell(`${mounts} && exec "$@"`)];
    const env = { PATH: `${systemd.bin}:${installer.path}` };
    const docker = join(ci.home, ".docker/config.json");

    const placed = installer.run(["--service", "--system", "--user", "ecr-ci", registry], env, through);
    assert.equal(placed.status, 0, placed.stdout + placed.stderr);
    assert.match(readFileSync(docker, "utf8"), new RegExp(`"${registry}": "ecr"`));
    assert.equal(existsSync(join(user.home, ".docker")), false);
    const before = snapshot(ci.home);
    const dry = installer.run(["--uninstall", "--dry-run"], env, through);
    assert.match(dry.stdout, /would remove the tokens of ecr-ci\n/);
    assert.deepEqual(snapshot(ci.home), before);

    const wired = readFileSync(docker);
    writeFileSync(docker, "{");
    const { stderr, status } = installer.run(["--uninstall"], env, through);
    assert.equal(status, 1);
    assert.ok(stderr.includes(docker), stderr);
    // Otherwise it would be unknown afterwards whose Docker config remains.
    assert.deepEqual(readdirSync(join(user.home, "units")), ["docker-credential-ecr-ecr-ci.service"]);
    writeFileSync(docker, wired);

    const removed = installer.run(["--uninstall"], env, through);
    assert.equal(removed.status, 0, removed.stdout + removed.stderr);
    assert.equal(existsSync(docker), false);
    assert.equal(existsSync(ci.state), false);
    assert.equal(installer.isThere, false);
  });

  /** Root, and an account `ecr-ci` that has configured the program itself, without a service. */
  function withOtherUser(context: Mocha.Context) {
    const own = process.geteuid?.() === 0 ? ownMounts() : undefined;
    if (process.platform !== "linux" || !own) return context.skip();
    const installer = new Installer(standing.user());
    const { user } = installer;
    const ci = standing.user();
    for (const path of [ci.home, user.home]) chmodSync(path, 0o755);
    chownSync(ci.home, 54_321, 54_321);
    const accounts = `root:x:0:0::${user.home}:/bin/sh\necr-ci:x:54321:54321::${ci.home}:/bin/sh\n`;
    writeFileSync(join(user.home, "passwd"), accounts, { mode: 0o644 });
    const through = [...own, ...shell(`mount --bind ${user.home}/passwd /etc/passwd && exec "$@"`)];
    assert.equal(installer.run([], {}, through).status, 0);
    const asCi = (...args: readonly string[]) => {
      const become = ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", "--"];
      const program = join(installer.bin, "docker-credential-ecr");
      const env = { ...ci.env, PATH: installer.path };
      const [command = "", ...rest] = [...become, program, ...args];
      const ran = spawnSync(command, rest, { env, cwd: "/", encoding: "utf8" });
      assert.equal(ran.status, 0, ran.stderr);
    };
    /** Runs the command that the installer printed. */
    const pasted = (stderr: string, before: string) => {
      const command = stderr
        .split("\n")
        .find((line) => line.includes(before))
        ?.split(`${before}: `)[1];
      const [program = "", ...rest] = [...through, "sh", "-c", command ?? "false"];
      const ran = spawnSync(program, rest, { env: { ...user.env, PATH: installer.path }, encoding: "utf8" });
      assert.equal(ran.status, 0, `${command}: ${ran.stderr}`);
    };
    return { installer, ci, through, asCi, pasted };
  }

  it("removes nothing while another user's Docker uses it, and prints the command; then names that user's tokens", function () {
    const { installer, ci, through, asCi, pasted } = withOtherUser(this);
    asCi("configure-docker", registry);
    const docker = join(ci.home, ".docker/config.json");
    assert.match(readFileSync(docker, "utf8"), /"ecr"/);
    for (const more of [["--dry-run"], []]) {
      const refused = installer.run(["--uninstall", ...more], {}, through);
      assert.equal(refused.status, 1, refused.stdout);
      assert.match(refused.stderr, /of ecr-ci still uses .*first run: .*\n.*nothing was removed\n$/);
      assert.ok(installer.isThere);
    }
    pasted(installer.run(["--uninstall"], {}, through).stderr, "first run");
    assert.equal(existsSync(docker), false);

    mkdirSync(join(ci.state, "tokens"), { recursive: true });
    const byHand = { credHelpers: { [registry]: "ecr" } };
    ci.write(".docker/config.json", JSON.stringify(byHand));
    spawnSync("chown", ["-R", "54321:54321", join(ci.home, ".local")]);
    const removed = installer.run(["--uninstall"], {}, through);
    assert.deepEqual([removed.status, installer.isThere], [1, false], removed.stderr);
    assert.match(removed.stderr, /\/config\.json of ecr-ci still uses it: remove the lines with "ecr"/);
    pasted(removed.stderr, "tokens of ecr-ci are left; remove them");
    assert.equal(existsSync(ci.state), false);
  });

  it("cleans up for the user who calls sudo", function () {
    const { installer, ci, through, asCi } = withOtherUser(this);
    asCi("configure-docker", registry);
    const removed = installer.run(["--uninstall"], { SUDO_USER: "ecr-ci" }, through);
    assert.deepEqual([removed.status, removed.stderr], [0, ""]);
    assert.equal(existsSync(join(ci.home, ".docker/config.json")), false);
    assert.equal(existsSync(ci.state), false);
  });

  it("ignores other users who have a program of their own, or never used this one", function () {
    const { installer, ci, through, asCi } = withOtherUser(this);
    asCi("configure-docker", registry);
    const program = ci.write(".local/bin/docker-credential-ecr", "#!/bin/sh\n");
    chmodSync(program, 0o755);
    const removed = installer.run(["--uninstall"], {}, through);
    assert.deepEqual([removed.status, removed.stderr], [0, ""]);
  });
});

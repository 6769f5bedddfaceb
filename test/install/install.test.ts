import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { accountHome } from "../support/program/account-home.ts";
import { FakeSystemd } from "../support/program/fake-systemd.ts";
import { blocksOf } from "../support/program/guide.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { User } from "../support/program/user.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

/** The files of a clean clone, and those not committed yet. */
function copyOfCheckout(to: string): void {
  const { stdout, status } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
    },
  );
  assert.equal(status, 0, "git ls-files failed");
  for (const file of stdout.toString().split("\0")) {
    if (file === "" || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(root, file), join(to, file));
  }
}

// npm ci and a build take a while, so the tests share one installation and depend on their order.
describe("install.sh", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "ecr-install-"));
  const checkout = join(folder, "checkout");
  const home = join(folder, "home");
  const program = join(home, ".local/bin/docker-credential-ecr");
  const cache = process.env.npm_config_cache ?? join(homedir(), ".npm");

  function install(
    args: readonly string[],
    env: Record<string, string> = {},
    through: readonly string[] = [],
  ) {
    const [command = "", ...rest] = [...through, join(checkout, "install.sh"), ...args];
    const { stdout, stderr, status } = spawnSync(command, rest, {
      // npm's cache must not count as a trace of this program.
      env: { PATH: process.env.PATH ?? "", HOME: home, npm_config_cache: cache, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { stdout: stdout.toString(), stderr: stderr.toString(), status };
  }

  before(() => {
    mkdirSync(home, { mode: 0o700 });
    copyOfCheckout(checkout);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("prints with --dry-run what it would do, and changes nothing", () => {
    const { stdout, status } = install(["--prefix", join(home, ".local"), "--dry-run", registry]);
    assert.equal(status, 0);
    assert.match(stdout, /would build/);
    assert.match(stdout, /configure-docker 111122223333/);
    assert.deepEqual(readdirSync(home), []);
  });

  it("uses the account's home folder without HOME, also without getent", () => {
    const bin = join(folder, "no-getent");
    mkdirSync(bin);
    writeFileSync(join(bin, "getent"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
    for (const HOME of ["", "~"]) {
      const prefix = join(folder, "nowhere");
      const env = { HOME, PATH: `${bin}:${process.env.PATH}`, XDG_STATE_HOME: HOME };
      const { stdout, stderr, status } = install(["--prefix", prefix, "--dry-run", "--uninstall"], env);
      assert.equal(status, 0, stderr);
      assert.ok(stdout.includes(` ${accountHome()}/.local/state/docker-credential-ecr`), stdout);
    }
  });

  it("builds and installs the program, configures Docker, and warns of PATH: the first command of README.md", () => {
    // README.md has no --prefix: for root, who runs these tests, the default is /usr/local.
    assert.equal(blocksOf("README.md")[0]?.text.split("\n")[0], `./install.sh ${registry}`);
    const { stdout, stderr, status } = install(["--prefix", join(home, ".local"), registry]);
    assert.equal(status, 0, stdout + stderr);
    assert.match(spawnSync(program, ["version"]).stdout.toString(), /^docker-credential-ecr \(.+\) \d/);
    assert.match(stderr, /not on your PATH/);
    const config = JSON.parse(readFileSync(join(home, ".docker/config.json"), "utf8"));
    assert.deepEqual(config, { credHelpers: { [registry]: "ecr" } });
  });

  it("installs the man page, and completions in the shells' folders", () => {
    const share = join(home, ".local/share");
    const read = (path: string) => readFileSync(join(share, path), "utf8");
    assert.match(read("man/man1/docker-credential-ecr.1"), /^\.TH DOCKER-CREDENTIAL-ECR 1 /);
    const placed = {
      bash: "bash-completion/completions/docker-credential-ecr",
      zsh: "zsh/site-functions/_docker-credential-ecr",
      fish: "fish/vendor_completions.d/docker-credential-ecr.fish",
    };
    for (const [shell, path] of Object.entries(placed)) {
      assert.equal(read(path), spawnSync(program, ["completion", shell]).stdout.toString(), shell);
    }
  });

  it("can be run again, and does not warn if PATH is right", () => {
    const path = `${join(home, ".local/bin")}:${process.env.PATH}`;
    const { stdout, stderr, status } = install(["--prefix", join(home, ".local"), registry], { PATH: path });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /nothing to change/);
    assert.doesNotMatch(stderr, /not on your PATH/);
  });

  it("installs the service with --service, and removes it with --uninstall before the program", function () {
    const isRoot = process.geteuid?.() === 0;
    const own = isRoot ? ownMounts() : [];
    if (process.platform !== "linux" || !own) return this.skip();
    const someone = new User({});
    const systemd = new FakeSystemd(someone);
    const units = join(someone.home, "units");
    mkdirSync(units);
    const through = isRoot
      ? [...own, ...shell(`mount --bind '${units}' /etc/systemd/system && exec "$@"`)]
      : [];
    const env = { HOME: someone.home, PATH: `${systemd.bin}:${process.env.PATH}` };
    const prefix = ["--prefix", join(someone.home, "prefix")];
    const whose = isRoot ? ["--system", "--user", "root"] : [];
    const unit = isRoot ? "docker-credential-ecr-root.service" : "docker-credential-ecr.service";
    try {
      const dry = install([...prefix, "--dry-run", "--service", ...whose], env, through);
      assert.match(dry.stdout, /would run: docker-credential-ecr service install/);
      assert.deepEqual(systemd.takeCalls(), []);
      const { status, stdout, stderr } = install([...prefix, "--service", ...whose], env, through);
      assert.equal(status, 0, stdout + stderr);
      assert.ok(systemd.takeCalls().some((call) => call.endsWith(` restart ${unit}`)));
      const removed = install([...prefix, "--uninstall"], env, through);
      assert.equal(removed.status, 0, removed.stdout + removed.stderr);
      assert.ok(systemd.takeCalls().some((call) => call.endsWith(` disable --now ${unit}`)));
      assert.deepEqual(readdirSync(units), []);
      assert.deepEqual(readdirSync(someone.home).sort(), ["fake-bin", "units"]);
    } finally {
      rmSync(someone.home, { recursive: true, force: true });
    }
  });

  it("installs a system service for the user who calls sudo, where --user names no other", () => {
    const asked = (SUDO_USER: string, more: readonly string[] = []) =>
      install(["--dry-run", "--service", "--system", ...more, "--import"], { SUDO_USER });
    const { stdout } = asked("nobody");
    assert.match(stdout, /would run: docker-credential-ecr service install --system --user nobody\n/);
    assert.match(stdout, /configure-docker --import, as nobody\n/);
    assert.match(asked("nobody", ["--user", "root"]).stdout, /service install --system --user root\n/);
    for (const user of ["", "root"]) assert.match(asked(user).stderr, /--service --system --user NAME/);
  });

  it("refuses incomplete service options before it builds", () => {
    for (const args of [
      ["--service", "--system"],
      ["--user", "ci"],
      ["--uninstall", "--service"],
    ]) {
      const { status, stdout, stderr } = install(args);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, /--service/);
    }
  });

  it("changes nothing with --uninstall if the program is installed under another --prefix", () => {
    for (const more of [[], ["--dry-run"]]) {
      const { stderr, status } = install(["--prefix", join(home, "elsewhere"), "--uninstall", ...more]);
      assert.equal(status, 1);
      assert.match(stderr, /--prefix/);
    }
    assert.match(readFileSync(join(home, ".docker/config.json"), "utf8"), /"ecr"/);
    assert.ok(existsSync(program));
    assert.equal(readdirSync(join(home, ".local/state/docker-credential-ecr/clients")).length, 1);
  });

  it("keeps the program and records with --uninstall if Docker's config can't be restored", () => {
    const path = join(home, ".docker/config.json");
    const before = readFileSync(path);
    writeFileSync(path, "{");
    assert.equal(install(["--prefix", join(home, ".local"), "--uninstall"]).status, 1);
    assert.ok(existsSync(program));
    assert.equal(readdirSync(join(home, ".local/state/docker-credential-ecr/clients")).length, 1);
    writeFileSync(path, before);
  });

  it("removes the helper from other DOCKER_CONFIG folders with --uninstall, and keeps a prefix that existed before", () => {
    const HOME = join(folder, "other-home");
    const prefix = join(HOME, "prefix");
    mkdirSync(prefix, { recursive: true });
    const DOCKER_CONFIG = join(HOME, "other");
    assert.equal(install(["--prefix", prefix, registry], { HOME, DOCKER_CONFIG }).status, 0);
    const { stdout, stderr, status } = install(["--prefix", prefix, "--uninstall"], { HOME });
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(readdirSync(HOME), ["prefix"]);
    assert.deepEqual(readdirSync(prefix), []);
  });

  it("leaves no trace with --uninstall, and succeeds if nothing is installed", () => {
    for (const _ of ["first", "second"]) {
      const { stdout, stderr, status } = install(["--prefix", join(home, ".local"), "--uninstall"]);
      assert.equal(status, 0, stdout + stderr);
    }
    assert.deepEqual(readdirSync(home), []);
  });

  it("refuses an unknown option", () => {
    const { stderr, status } = install(["--prefx"]);
    assert.equal(status, 1);
    assert.match(stderr, /unknown option: --prefx/);
  });
});

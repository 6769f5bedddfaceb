import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The platforms to build; the first is built twice. For all platforms: CONTRIBUTING.md. */
const withPackages = process.env.RELEASE_PACKAGES === "1";
const platforms = (process.env.RELEASE_PLATFORMS ?? "linux-x64").split(",");

describe("npm run release", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "ecr-release-test-"));
  const first = join(folder, "first");
  after(() => rmSync(folder, { recursive: true, force: true }));

  before(function () {
    if (process.platform !== "linux" || process.arch !== "x64") this.skip();
  });

  function release(names: readonly string[], out: string, env: Record<string, string> = {}) {
    const options = ["9.8.7", "--only", names.join(), "--xz", "0", "--out", out];
    if (!withPackages) options.push("--tarballs");
    const args = ["run", "--silent", "release", "--", ...options];
    const { status, stderr } = spawnSync("npm", args, {
      cwd: root,
      env: {
        ...process.env,
        XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
        ...env,
      },
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
  }

  it("builds a tarball for each platform, and their checksums", () => {
    release(platforms, first);
    const { status, stdout } = spawnSync("sha256sum", ["--check", "SHA256SUMS"], {
      cwd: first,
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
    const names = readdirSync(first).filter((file) => file.endsWith(".tar.xz"));
    for (const platform of platforms) {
      assert.ok(names.includes(`docker-credential-ecr-9.8.7-${platform}.tar.xz`), names.join());
    }
  });

  it("builds the same bytes in another folder, with another umask, at another time", () => {
    const second = join(folder, "second");
    const elsewhere = join(folder, "a-longer-temporary-folder");
    mkdirSync(elsewhere);
    release(platforms.slice(0, 1), second, {
      TMPDIR: elsewhere,
      HOME: folder,
      TZ: "Asia/Tokyo",
      LANG: "de_DE.UTF-8",
    });
    const sums = (out: string) => readFileSync(join(out, "SHA256SUMS"), "utf8").trim().split("\n");
    const missing = sums(second).filter((line) => !sums(first).includes(line));
    assert.deepEqual(missing, []);
  });

  it("installs without Node and a compiler, with the native program, and works", () => {
    const home = join(folder, "home");
    mkdirSync(home);
    const env = { HOME: home, PATH: "/usr/bin:/bin" };
    const prefix = join(home, ".local");
    const tarball = join(first, "docker-credential-ecr-9.8.7-linux-x64.tar.xz");
    const script = join(root, "install.sh");
    const installed = spawnSync(script, ["--prefix", prefix, "--from", tarball], { env, encoding: "utf8" });
    assert.equal(installed.status, 0, installed.stderr);
    const program = (...args: string[]) =>
      spawnSync(join(prefix, "bin/docker-credential-ecr"), args, { env, encoding: "utf8" });
    assert.equal(program("version").stdout, "docker-credential-ecr (docker-credential-ecr) 9.8.7\n");
    assert.ok(statSync(join(prefix, "bin/docker-credential-ecr")).size < 100_000, "no native front");
    // Bun's own version string, in a file of 105 MB.
    const { stdout } = spawnSync("du", ["-sm", join(prefix, "lib"), join(prefix, "bin")], {
      encoding: "utf8",
    });
    const megabytes = [...stdout.matchAll(/^\d+/gm)].reduce((sum, [each]) => sum + Number(each), 0);
    assert.ok(megabytes <= 105, stdout);
  });

  // These tests take some minutes: CONTRIBUTING.md.
  const packageTest = withPackages ? it : it.skip;
  const inFirst = (file: string) => join(first, file);
  const call = (command: string, args: readonly string[], options = {}) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
    assert.equal(status, 0, `${command}: ${stdout}${stderr}`);
    return stdout;
  };

  packageTest("builds a Debian package that lintian accepts and that works after unpacking", () => {
    const deb = inFirst("docker-credential-ecr_9.8.7-1_amd64.deb");
    assert.equal(call("lintian", ["--fail-on", "error,warning", "--allow-root", deb]), "");
    const to = join(folder, "deb");
    call("dpkg-deb", ["-x", deb, to]);
    assert.match(call(join(to, "usr/bin/docker-credential-ecr"), ["version"]), / 9\.8\.7\n$/);
  });

  packageTest("builds an rpm that is installed, verified and removed", () => {
    const rpm = inFirst("docker-credential-ecr-9.8.7-1.x86_64.rpm");
    const to = join(folder, "rpm");
    mkdirSync(to);
    // The package's scripts need a Debian system.
    const inRoot = ["--root", to, "--dbpath", "/db"];
    call("rpm", [...inRoot, "--install", "--nodeps", "--noscripts", rpm]);
    call("rpm", [...inRoot, "--verify", "--nodeps", "docker-credential-ecr"]);
    assert.match(call(join(to, "usr/bin/docker-credential-ecr"), ["version"]), / 9\.8\.7\n$/);
    call("rpm", [...inRoot, "--erase", "--nodeps", "--noscripts", "docker-credential-ecr"]);
    assert.ok(!existsSync(join(to, "usr/lib/docker-credential-ecr")));
  });

  packageTest("packs npm packages that npm installs without a network or a script", () => {
    const to = join(folder, "npm");
    const packages = ["docker-credential-ecr-9.8.7.tgz", "docker-credential-ecr-linux-x64-9.8.7.tgz"];
    const env = { ...process.env, npm_config_cache: join(folder, "npm-cache"), HOME: to };
    mkdirSync(to);
    call("npm", ["install", "--global", "--prefix", to, "--offline", ...packages.map(inFirst)], { env });
    const program = join(to, "bin/docker-credential-ecr");
    assert.match(call(program, ["version"], { cwd: "/" }), / 9\.8\.7\n$/);
    assert.ok(existsSync(join(to, "share/man/man1/docker-credential-ecr.1")));
    rmSync(join(to, "lib/node_modules/docker-credential-ecr-linux-x64"), { recursive: true });
    const { status, stdout } = spawnSync(program, ["get"], { input: "", encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stdout, /^the package docker-credential-ecr-linux-x64 is missing: .*\[PROGRAM_MISSING\]\n$/);
  });

  packageTest("lists what the program contains, in the forms of CycloneDX and SPDX", () => {
    const read = (form: string) =>
      JSON.parse(readFileSync(inFirst(`docker-credential-ecr-9.8.7.${form}.json`), "utf8"));
    const names = (parts: readonly { name: string }[]) => parts.map(({ name }) => name);
    for (const parts of [names(read("cdx").components), names(read("spdx").packages)]) {
      for (const part of ["bun", "zod", "commander"]) assert.ok(parts.includes(part), part);
      assert.ok(!parts.includes("mocha"));
    }
    assert.equal(read("cdx").metadata.component.name, "docker-credential-ecr");
  });
});

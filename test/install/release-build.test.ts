import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildRelease,
  builtRelease,
  newReleaseFolder,
  platforms,
  withPackages,
} from "../support/release/build-release.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("npm run release", function () {
  this.timeout(900_000);
  const folder = newReleaseFolder();

  before(function () {
    if (process.platform !== "linux" || process.arch !== "x64") this.skip();
  });

  it("builds a tarball for each platform, and their checksums", () => {
    const first = builtRelease();
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
    buildRelease(platforms.slice(0, 1), second, {
      TMPDIR: elsewhere,
      HOME: folder,
      TZ: "Asia/Tokyo",
      LANG: "de_DE.UTF-8",
    });
    const sums = (out: string) => readFileSync(join(out, "SHA256SUMS"), "utf8").trim().split("\n");
    const missing = sums(second).filter((line) => !sums(builtRelease()).includes(line));
    assert.deepEqual(missing, []);
  });

  it("installs without Node and a compiler, with the native program, and works", () => {
    const home = join(folder, "home");
    mkdirSync(home);
    const env = { HOME: home, PATH: "/usr/bin:/bin" };
    const prefix = join(home, ".local");
    const tarball = join(builtRelease(), "docker-credential-ecr-9.8.7-linux-x64.tar.xz");
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
  const inFirst = (file: string) => join(builtRelease(), file);
  const call = (command: string, args: readonly string[], options = {}) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
    assert.equal(status, 0, `${command}: ${stdout}${stderr}`);
    return stdout;
  };

  packageTest("builds Debian packages that lintian accepts, and that work after unpacking", () => {
    const debs = readdirSync(builtRelease()).filter((file) => file.endsWith(".deb"));
    const lint = ["--fail-on", "error,warning", "--allow-root", ...debs.map(inFirst)];
    assert.equal(call("lintian", lint), "");
    const deb = inFirst("docker-credential-ecr_9.8.7-1_amd64.deb");
    const to = join(folder, "deb");
    call("dpkg-deb", ["-x", deb, to]);
    assert.match(call(join(to, "usr/bin/docker-credential-ecr"), ["version"]), / 9\.8\.7\n$/);
  });

  packageTest("builds rpms that rpmlint accepts", () => {
    const rpms = readdirSync(builtRelease()).filter((file) => file.endsWith(".rpm"));
    assert.ok(rpms.length > 0);
    const rules = join(root, "packaging/rpm/rpmlint.toml");
    assert.match(call("rpmlint", ["-c", rules, ...rpms.map(inFirst)]), / 0 errors, 0 warnings/);
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

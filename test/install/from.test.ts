import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FakeRelease, fakeRelease, sha256 } from "../support/program/fake-release.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { User } from "../support/program/user.ts";

const script = fileURLToPath(new URL("../../install.sh", import.meta.url));

describe("install.sh --from", function () {
  this.timeout(120_000);
  let user: User;
  let prefix: string;
  let program: string;

  beforeEach(function () {
    if (process.platform !== "linux" || !existsSync("/usr/bin/xz")) this.skip();
    user = new User({});
    prefix = join(user.home, "prefix");
    program = join(prefix, "bin/docker-credential-ecr");
  });
  afterEach(() => user && rmSync(user.home, { recursive: true, force: true }));

  function install(
    args: readonly string[],
    env: Record<string, string> = {},
    through: readonly string[] = [],
  ) {
    const [command = "", ...rest] = [...through, script, "--prefix", prefix, ...args];
    const { status, stdout, stderr } = spawnSync(command, rest, {
      // There is neither Node nor a compiler.
      env: { ...user.env, PATH: tools(), ...env },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  /** A PATH with only the commands that install.sh may use. */
  function tools(without: readonly string[] = []): string {
    const bin = join(user.home, `tools-${without.join("-")}`);
    if (existsSync(bin)) return bin;
    mkdirSync(bin);
    const names =
      "bash sh env cat cut chmod dirname find getconf grep head id ls ln mkdir mktemp mv printf readlink rm rmdir sed sha256sum sort tail tar tr uname wc xz curl runuser unshare mount cp";
    for (const name of names.split(" ").filter((each) => !without.includes(each))) {
      const path = Bun.which(name, { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" });
      if (path) symlinkSync(path, join(bin, name));
    }
    return bin;
  }

  function release(options: FakeRelease = {}): string {
    const folder = join(user.home, "downloads", options.version ?? "1.0.0");
    mkdirSync(folder, { recursive: true });
    return fakeRelease(folder, options);
  }

  const installedVersion = () => spawnSync(program, ["version"], { encoding: "utf8" }).stdout.trim();

  it("installs, upgrades and removes the program without Node and a compiler", () => {
    const first = install(["--from", release()]);
    assert.equal(first.status, 0, first.stderr);
    assert.match(installedVersion(), / 1\.0\.0$/);
    const page = join(prefix, "share/man/man1/docker-credential-ecr.1");
    assert.match(readFileSync(page, "utf8"), /^\.TH/);
    assert.equal(install(["--from", release({ version: "1.1.0" })]).status, 0);
    assert.match(installedVersion(), / 1\.1\.0$/);
    assert.deepEqual(readdirSync(join(prefix, "bin")), ["docker-credential-ecr"]);
    const removed = install(["--uninstall"]);
    assert.equal(removed.status, 0, removed.stderr);
    assert.ok(!existsSync(prefix));
  });

  it("installs the release that it is part of", () => {
    const tarball = release();
    const unpacked = join(user.home, "unpacked");
    mkdirSync(unpacked);
    assert.equal(spawnSync("tar", ["-xJf", tarball, "-C", unpacked]).status, 0);
    const top = join(unpacked, "docker-credential-ecr-1.0.0");
    copyFileSync(script, join(top, "install.sh"));
    const { status, stderr } = spawnSync(join(top, "install.sh"), ["--prefix", prefix], {
      env: { ...user.env, PATH: tools() },
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.match(installedVersion(), / 1\.0\.0$/);
  });

  it("prints with --dry-run what it would install, and changes nothing", () => {
    const tarball = release();
    const { status, stdout } = install(["--from", tarball, "--dry-run"]);
    assert.equal(status, 0);
    assert.ok(stdout.includes(`would install docker-credential-ecr from ${tarball}`), stdout);
    assert.ok(!existsSync(prefix));
  });

  const other = process.arch === "x64" ? "linux-arm64" : "linux-x64";
  /** The problem, the tarball, and the error. */
  const bad: readonly {
    what: string;
    options?: FakeRelease;
    spoil?: (tarball: string) => void;
    args?: readonly string[];
    error: RegExp;
  }[] = [
    { what: "truncated", spoil: (path) => truncateSync(path, 100), error: /truncated or altered/ },
    { what: "empty", spoil: (path) => truncateSync(path, 0), error: /truncated or altered/ },
    { what: "altered", spoil: (path) => appendFileSync(path, "x"), error: /truncated or altered/ },
    {
      what: "no tarball, with its checksum",
      spoil: (path) => {
        writeFileSync(path, "no tarball");
        nameSum(path);
      },
      error: /can't be unpacked/,
    },
    {
      what: "another program's tarball",
      spoil: (path) => {
        spawnSync("tar", ["-cJf", path, "-C", dirname(path), "SHA256SUMS"]);
        nameSum(path);
      },
      error: /not a tarball of docker-credential-ecr/,
    },
    { what: "gone", spoil: (path) => rmSync(path), error: /does not exist/ },
    {
      what: "without SHA256SUMS",
      spoil: (path) => rmSync(join(dirname(path), "SHA256SUMS")),
      error: /SHA256SUMS is missing: download it too, or use --sha256/,
    },
    {
      what: "not named by SHA256SUMS",
      spoil: (path) => writeFileSync(join(dirname(path), "SHA256SUMS"), `${"0".repeat(64)}  other\n`),
      error: /does not contain/,
    },
    { what: "of another checksum", args: ["--sha256", "0".repeat(64)], error: /truncated or altered/ },
    { what: "of a checksum that is none", args: ["--sha256", "12"], error: /64 hexadecimal digits/ },
    {
      what: "of another architecture",
      options: { platform: other },
      error: new RegExp(`is for ${other}, this machine is linux-${process.arch}: use`),
    },
    {
      what: "of another system",
      options: { platform: `darwin-${process.arch}` },
      error: /is for darwin-.*use the tarball of linux-/,
    },
    {
      what: "of a newer glibc",
      options: { note: { "oldest-glibc": "9.99" } },
      error: /needs glibc 9\.99, this machine has \d/,
    },
    {
      what: "that does not start",
      options: { first: "echo 'version GLIBC_9.9 not found' >&2; exit 127" },
      error: /does not run on this machine: version GLIBC_9\.9 not found/,
    },
    {
      what: "of another version than it says",
      options: { note: { version: "5.0.0" } },
      error: /does not run on this machine/,
    },
  ];
  function nameSum(tarball: string): void {
    writeFileSync(join(dirname(tarball), "SHA256SUMS"), `${sha256(tarball)}  ${basename(tarball)}\n`);
  }

  for (const { what, options = {}, spoil, args = [], error } of bad) {
    it(`refuses a tarball ${what}, and keeps the installed program`, () => {
      assert.equal(install(["--from", release({ version: "0.9.0" })]).status, 0);
      const tarball = release(options);
      spoil?.(tarball);
      const { status, stderr } = install(["--from", tarball, ...args]);
      assert.equal(status, 1);
      assert.match(stderr, error);
      assert.match(installedVersion(), / 0\.9\.0$/);
      assert.deepEqual(readdirSync(join(prefix, "bin")), ["docker-credential-ecr"]);
      assert.deepEqual(readdirSync(join(prefix, "lib/docker-credential-ecr")), ["docker-credential-ecr"]);
    });
  }

  it("refuses to replace a newer version while its daemon runs, except with --downgrade", () => {
    assert.equal(install(["--from", release({ version: "2.0.0", isRunning: true })]).status, 0);
    for (const version of ["1.9.9", "2.0.0-rc.1"]) {
      const { status, stderr } = install(["--from", release({ version })]);
      assert.equal(status, 1);
      assert.match(
        stderr,
        new RegExp(`daemon of \\S+ runs version 2\\.0\\.0, newer than ${version}: use --downgrade`),
      );
      assert.match(installedVersion(), / 2\.0\.0$/);
    }
    assert.equal(install(["--from", release({ version: "1.9.9" }), "--downgrade"]).status, 0);
    assert.match(installedVersion(), / 1\.9\.9$/);
  });

  it("keeps the installed program if the disk is full", function () {
    const own = process.geteuid?.() === 0 ? ownMounts() : [];
    if (!own || process.geteuid?.() !== 0) return this.skip();
    assert.equal(install(["--from", release({ version: "0.9.0" })]).status, 0);
    const filler = release({ first: `# ${Buffer.alloc(3_000_000, "x")}` });
    const lib = join(prefix, "lib/docker-credential-ecr");
    // The program's folder is limited to 1 MB.
    const small = shell(
      `cp ${lib}/docker-credential-ecr ${user.home}/former && mount -t tmpfs -o size=1m,mode=755 none ${lib} && cp ${user.home}/former ${lib}/docker-credential-ecr && "$@"; code=$?; ls ${lib} >&2; ${program} version >&2; exit $code`,
    );
    const { status, stderr } = install(["--from", filler], {}, [...own, ...small]);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /No space left/);
    assert.match(
      stderr,
      /can't be written\. The previous program is still installed\ndocker-credential-ecr\n/,
    );
    assert.match(stderr, / 0\.9\.0\n$/);
  });

  it("reports a missing xz", () => {
    const { status, stderr } = install(["--from", release()], { PATH: tools(["xz"]) });
    assert.equal(status, 1);
    assert.match(stderr, /xz is missing, install it/);
  });

  describe("a URL", () => {
    async function serve<T>(folder: string, use: (base: string) => Promise<T>): Promise<T> {
      const server = createServer((request, response) => {
        const path = join(folder, basename(request.url ?? ""));
        if (!existsSync(path)) return response.writeHead(404).end();
        return response.end(readFileSync(path));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    }

    /** Runs without blocking, since the server is in this process. */
    async function installFrom(args: readonly string[]) {
      const child = spawn(script, ["--prefix", prefix, "--from", ...args], {
        env: { ...user.env, PATH: tools() },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      const status = await new Promise((resolve) => child.once("close", resolve));
      return { status, stderr };
    }

    it("is downloaded if its checksum is given", async () => {
      const tarball = release();
      await serve(dirname(tarball), async (base) => {
        const { status, stderr } = await installFrom([
          `${base}/${basename(tarball)}`,
          "--sha256",
          sha256(tarball).toUpperCase(),
        ]);
        assert.equal(status, 0, stderr);
      });
      assert.match(installedVersion(), / 1\.0\.0$/);
    });

    it("without TLS is refused if SHA256SUMS would be downloaded from it too", async () => {
      const { status, stderr } = await installFrom(["http://127.0.0.1:9/a.tar.xz"]);
      assert.equal(status, 1);
      assert.match(stderr, /could be changed in transit/);
    });

    it("that returns an error or has another scheme changes nothing", async () => {
      const tarball = release();
      await serve(dirname(tarball), async (base) => {
        const { status, stderr } = await installFrom([`${base}/none.tar.xz`, "--sha256", sha256(tarball)]);
        assert.equal(status, 1);
        assert.match(stderr, /none\.tar\.xz can't be downloaded\. Nothing was changed/);
      });
      const { status, stderr } = await installFrom(["ftp://127.0.0.1/a.tar.xz"]);
      assert.equal(status, 1);
      assert.match(stderr, /neither a file nor an https:\/\/ address/);
      assert.ok(!existsSync(prefix));
    });
  });

  it("is refused together with --uninstall", () => {
    chmodSync(script, 0o755);
    const { status, stderr } = install(["--from", "x", "--uninstall"]);
    assert.equal(status, 1);
    assert.match(stderr, /--uninstall can't be used with --from/);
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageVersion } from "../../scripts/release/deb.ts";
import { systemUnit, userUnit } from "../../scripts/release/linux-tree.ts";
import { lockedPackage, nameIn, programPackages } from "../../scripts/release/lock.ts";
import { releaseOptions } from "../../scripts/release/options.ts";
import { checkIntegrity } from "../../scripts/release/packages.ts";
import { platforms } from "../../scripts/release/platforms.ts";
import { publishProblems } from "../../scripts/release/publish-checks.ts";
import { sign } from "../../scripts/release/sign.ts";
import { fillTemplate, templates } from "../../scripts/release/templates.ts";
import { thirdPartyText } from "../../scripts/release/third-party.ts";
import { changelogSection, checkVersion, sourceDate } from "../../scripts/release/version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const project = {
  url: "https://example.com/p",
  downloads: "https://example.com/p/v1",
  maintainer: "A <a@example.com>",
  isPublishable: true,
};

describe("a release's parts", () => {
  const folder = mkdtempSync(join(tmpdir(), "ecr-documents-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("accepts only versions that every package manager can sort", () => {
    for (const version of ["0.1.0", "1.20.300", "1.0.0-rc.1", "1.0.0-beta"]) checkVersion(version);
    for (const version of ["", "1", "1.2", "v1.2.3", "01.2.3", "1.2.3+x", "1.2.3-", "1.2.3 ", "../1.2.3"]) {
      assert.throws(() => checkVersion(version), /is not a version such as/, version);
    }
    assert.equal(packageVersion("1.0.0-rc.1"), "1.0.0~rc.1");
  });

  it("reports invalid options", () => {
    for (const [args, error] of [
      [[], /give one version/],
      [["1.0.0", "2.0.0"], /give one version/],
      [["1.0.0", "--only", "linux-x64,plan9"], /unknown platform plan9; the platforms are linux-x64, /],
      [["1.0.0", "--xz", "10"], /--xz must be 0 to 9/],
      [["1.0.0", "--unknown"], /unknown/],
    ] as const) {
      assert.throws(() => releaseOptions(args, "out"), error);
    }
  });

  it("has a locked runtime and keychain library for every platform", () => {
    for (const { runtime, keyring } of platforms) {
      for (const name of [runtime, keyring]) assert.match(lockedPackage(lock, name).integrity, /^sha512-/);
    }
    assert.throws(() => lockedPackage(lock, "left-pad"), /no checksum of left-pad/);
  });

  it("refuses a package that differs from the locked one", () => {
    const bytes = Buffer.from("package");
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    checkIntegrity(bytes, integrity, "p");
    assert.throws(() => checkIntegrity(Buffer.from("other"), integrity, "p"), /p is not the file/);
  });

  it("has the licence of every bundled package", () => {
    const text = thirdPartyText(root, lock, new Map([["Bun", "its licence"]]));
    assert.match(text, /^Bun\n\nits licence$/m);
    for (const path of programPackages(lock)) assert.ok(text.includes(`\n${nameIn(path)} `), path);
    assert.doesNotMatch(text, /\(unknown\)|^mocha /m);
  });

  it("extracts release notes from the changelog", () => {
    const changelog =
      "# Changelog\n\n## [Unreleased]\n\n- c\n\n## [1.1.0] - 2026-01-01\n\n- b\n\n## [1.0.0]\n\n- a\n";
    assert.equal(changelogSection(changelog, "1.1.0"), "- b");
    assert.equal(changelogSection(changelog, "1.0.0"), "- a");
    assert.equal(changelogSection(changelog, "1.0"), undefined);
    assert.ok(changelogSection(readFileSync(join(root, "CHANGELOG.md"), "utf8"), "Unreleased"));
  });

  it("is published only if version, changelog, tag and package.json agree", () => {
    const facts = {
      version: "1.0.0",
      packageVersion: "1.0.0",
      changelog: "## [1.0.0] - today\n\n- a\n",
      tags: ["v1.0.0"],
      changes: "",
      isPublishable: true,
    };
    assert.deepEqual(publishProblems(facts), []);
    for (const [change, problem] of [
      [{ packageVersion: "0.9.0" }, /package\.json has version 0\.9\.0/],
      [{ changelog: "## [Unreleased]\n\n- a\n" }, /no section \[1\.0\.0\]/],
      [{ tags: ["v0.9.0", ""] }, /no tag v1\.0\.0/],
      [{ changes: " M src/main.ts" }, /differ from the commit/],
      [{ isPublishable: false }, /no repository and author/],
    ] as const) {
      const problems = publishProblems({ ...facts, ...change });
      assert.equal(problems.length, 1);
      assert.match(problems.join(), problem);
    }
  });

  it("is dated by SOURCE_DATE_EPOCH or the commit", () => {
    assert.equal(sourceDate(root, { SOURCE_DATE_EPOCH: "12" }), 12);
    assert.ok(sourceDate(root, {}) > 1_600_000_000);
    assert.throws(() => sourceDate(root, { SOURCE_DATE_EPOCH: "now" }), /not a number of seconds/);
  });

  it("fills the package manager recipes with versions and checksums", () => {
    for (const [name, path] of templates) {
      const template = readFileSync(join(root, "packaging", path), "utf8");
      assert.equal(fillTemplate(template, "0.0.1", project, folder), undefined, name);
      for (const platform of platforms) {
        writeFileSync(
          join(folder, `docker-credential-ecr-1.0.0-rc.1-${platform.name}.tar.xz`),
          platform.name,
        );
      }
      const text = fillTemplate(template, "1.0.0-rc.1", project, folder) ?? "";
      assert.doesNotMatch(text, /@[A-Z]/, name);
      assert.match(text, /[0-9a-f]{64}/, name);
      if (name === "docker-credential-ecr.rb") continue;
      // A recipe is a shell script, whose version must have no hyphen.
      const shell = `. '${join(folder, name)}' && printf %s "$pkgver"`;
      writeFileSync(join(folder, name), text);
      const { stdout, stderr } = spawnSync("bash", ["-c", shell], { encoding: "utf8" });
      assert.match(stdout, /^1\.0\.0_rc\.?1$/, name + stderr);
    }
    assert.throws(() => fillTemplate("@NOTHING@", "1.0.0", project, folder), /@NOTHING@/);
  });

  it("has services with the same hardening as `service install`", () => {
    for (const unit of [systemUnit(), userUnit()]) {
      assert.match(unit, /^# From the package docker-credential-ecr; /);
      assert.match(unit, /^ExecStart="\/usr\/bin\/docker-credential-ecr" daemon --splay 2m$/m);
      assert.match(unit, /^NoNewPrivileges=yes$/m);
    }
    assert.match(systemUnit(), /^User=%i\nEnvironmentFile=-\/etc\/default\/docker-credential-ecr$/m);
    assert.match(systemUnit(), /^CapabilityBoundingSet=$/m);
    assert.doesNotMatch(systemUnit(), /RequiresMountsFor/);
  });

  it("is signed for minisign", function () {
    if (Bun.which("minisign") === null) return this.skip();
    const key = join(folder, "key");
    const made = spawnSync("minisign", ["-G", "-W", "-p", `${key}.pub`, "-s", key], { encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
    const file = join(folder, "SHA256SUMS");
    writeFileSync(file, "sums");
    sign(file, key, "docker-credential-ecr 1.0.0");
    const verify = () => spawnSync("minisign", ["-V", "-p", `${key}.pub`, "-m", file]).status;
    assert.equal(verify(), 0);
    writeFileSync(file, "other");
    assert.notEqual(verify(), 0);
  });
});

import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { itAsRoot, otherUserId } from "../support/fakes/temp-folder.ts";
import { keys, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { amend, authorizationFiles, hour, logOf, passTime, tokenFile } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

describe("a token file", () => {
  const standing = useStanding();
  let alice: User;
  let secret: string;
  let westSecret: string;

  beforeEach(async () => {
    alice = standing.user(keys("alice"));
    secret = answered(await alice.get(registry), registry);
    westSecret = answered(await alice.get(westRegistry), westRegistry);
    standing.aws.controls.reset();
  });

  /** What may have happened to a file. */
  const damages: Readonly<Record<string, (path: string) => void>> = {
    "is empty": (path) => truncateSync(path, 0),
    "is truncated": (path) => truncateSync(path, lstatSync(path).size - 20),
    "is no entry": (path) => writeFileSync(path, "\0\0\0no entry"),
    "is JSON": (path) => writeFileSync(path, "[1, null]"),
    "has one wrong letter in its secret": (path) => {
      const text = readFileSync(path, "utf8");
      const at = text.indexOf("\nsecret ") + 200;
      writeFileSync(path, `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`);
    },
    "lacks its expiry": (path) => amend(path, (text) => text.replace(/^expires .*\n/m, "")),
    "has a life of words": (path) => amend(path, (text) => text.replace(/^expires .*/m, "expires never")),
    "is of a newer format": (path) => amend(path, (text) => text.replace(/^(\S+) 2 /, "$1 3 ")),
    "is larger than any token": (path) => amend(path, (text) => `${text}pad ${"x".repeat(2 << 20)}\n`),
    "may be read by others": (path) => chmodSync(path, 0o644),
    "may be written by the group": (path) => chmodSync(path, 0o620),
    "is a link": (path) => {
      copyFileSync(path, `${path}.real`);
      unlinkSync(path);
      symlinkSync(`${path}.real`, path);
    },
    "is a folder": (path) => {
      unlinkSync(path);
      mkdirSync(path);
    },
    "is a pipe": (path) => {
      unlinkSync(path);
      assert.equal(Bun.spawnSync(["mkfifo", "-m", "600", path]).exitCode, 0);
    },
  };

  function isTold(path: string, what = ""): void {
    assert.ok(logOf(alice).includes(`${path} was ignored`), `${what} expected in the log: ${logOf(alice)}`);
  }

  /** How often the log names a file as one that was ignored. */
  const reports = (path: string) => logOf(alice).split(`${path} was ignored`).length - 1;

  async function isFetchedAnew(): Promise<string> {
    const fresh = answered(await alice.get(registry), registry);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    assert.notEqual(fresh, secret);
    return fresh;
  }

  for (const [what, damage] of Object.entries(damages)) {
    it(`that ${what} counts as absent, is logged, and does not affect others`, async () => {
      const paths = [tokenFile(alice, registry), eastAuthorization(alice)];
      for (const path of paths) damage(path);
      const fresh = await isFetchedAnew();
      isTold(paths[1] ?? "");

      standing.aws.controls.reset();
      assert.equal(answered(await alice.get(westRegistry), westRegistry), westSecret);
      // Where a folder stands in a file's place the new token can't be kept; it is given all the same.
      if (what !== "is a folder") assert.equal(answered(await alice.get(registry), registry), fresh);
    });
  }

  itAsRoot("that is somebody else's is told in the log, counts as absent, and harms no other", async () => {
    const paths = [tokenFile(alice, registry), eastAuthorization(alice)];
    for (const path of paths) chownSync(path, otherUserId, otherUserId);
    const fresh = await isFetchedAnew();
    isTold(paths[1] ?? "");
    assert.equal(answered(await alice.get(registry), registry), fresh);
    assert.equal(answered(await alice.get(westRegistry), westRegistry), westSecret);
  });

  it("of another registry at its path is not used", async () => {
    copyFileSync(tokenFile(alice, westRegistry), tokenFile(alice, registry));
    const given = answered(await alice.get(registry), registry);
    assert.notEqual(given, westSecret);
  });

  it("that is damaged is logged, and restored from the authorization without a call", async () => {
    for (const [what, damage] of Object.entries(damages)) {
      if (what === "is a folder") continue;
      rmSync(join(alice.state, "log"), { force: true });
      damage(tokenFile(alice, registry));
      assert.equal(answered(await alice.get(registry), registry), secret);
      assert.equal(answered(await alice.get(registry), registry), secret);
      isTold(tokenFile(alice, registry), what);
      assert.equal(reports(tokenFile(alice, registry)), 1, what);
    }
    assert.equal(standing.calls(), 0);
  });

  it("that is damaged is logged once, even if each get reads it while AWS is down", async () => {
    passTime(alice, 11.5 * hour);
    const path = eastAuthorization(alice);
    damages["has one wrong letter in its secret"]?.(path);
    standing.aws.controls.refuse("*");
    for (const _ of [1, 2, 3]) assert.equal(answered(await alice.get(registry), registry), secret);
    assert.equal(reports(path), 1);
  });

  for (const what of [
    "is no entry",
    "has one wrong letter in its secret",
    "is of a newer format",
    "may be read by others",
  ]) {
    it(`whose authorization ${what} is still used while AWS is down, until its last minute`, async () => {
      damages[what]?.(eastAuthorization(alice));
      standing.aws.controls.refuse("*");
      assert.equal(answered(await alice.get(registry), registry), secret);
    });
  }

  it("with little lifetime left is still used while AWS is down, without its authorization", async () => {
    passTime(alice, 11.5 * hour);
    unlinkSync(eastAuthorization(alice));
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(registry), registry), secret);
  });

  it("that is damaged while AWS is down is a reported failure", async () => {
    for (const path of [tokenFile(alice, registry), eastAuthorization(alice)]) writeFileSync(path, "");
    standing.aws.controls.refuse("*");
    told(await alice.get(registry), "UNREACHABLE", registry);
  });

  it("is not listed if it is damaged, and the others are", async () => {
    writeFileSync(tokenFile(alice, registry), "{");
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [westRegistry]: "AWS" });
  });

  it("of a program that was killed while writing is cleaned up", async () => {
    const temporary = `${alice.state}/tmp/left.0123`;
    writeFileSync(temporary, "half a tok", { mode: 0o600 });
    assert.equal(Bun.spawnSync(["touch", "-d", "2 minutes ago", temporary]).exitCode, 0);
    // A get cleans up once in eight times only.
    await alice.run(["refresh", registry.replace("us-east-1", "eu-west-1")]);
    assert.equal(existsSync(temporary), false);
  });

  function eastAuthorization(user: User): string {
    const path = authorizationFiles(user).find((each) =>
      readFileSync(each, "utf8").includes("region us-east-1\n"),
    );
    if (path === undefined) throw new Error("no authorization is kept");
    return path;
  }
});

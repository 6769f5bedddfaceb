import assert from "node:assert/strict";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { isPruningDue, pruneState } from "../../../src/store/tokens/prune.ts";
import { withChecksum } from "../../../src/token/checksum.ts";
import { formatEntry } from "../../../src/token/entry-text.ts";
import type { Life } from "../../../src/token/life.ts";
import { hour } from "../../support/fakes/clock.ts";
import {
  authorizationEntry,
  failureEntry,
  loginEntry,
  logoutEntry,
  registryEntry,
} from "../../support/fakes/entries.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../../support/fakes/temp-folder.ts";

const now = Date.UTC(2026, 5, 1);
/** The machine has been up for a day. */
const clock = { now, boot: { id: "this boot", uptime: 24 * hour } };
const ended = (ago: number) => ({ issuedAt: now - ago - hour, freshUntil: now - ago, expiresAt: now - ago });

function sealedLogin(life: Life) {
  const { secret: _, ...rest } = loginEntry({ life });
  return { ...rest, sealed: "c2VhbGVk" };
}

describe("isPruningDue", () => {
  it("is true for one get in eight", () => {
    const random = Array.from({ length: 1000 }, (_, number) => number / 1000);
    assert.equal(random.filter(isPruningDue).length, 125);
  });
});

describe("pruneState", () => {
  const temp = useTempFolder();

  const FILES: [path: string, text: string, stays: boolean][] = [
    ["authorizations/valid.entry", formatEntry(authorizationEntry({ life: ended(-hour) })), true],
    ["authorizations/just-expired.entry", formatEntry(authorizationEntry({ life: ended(hour / 2) })), true],
    ["authorizations/expired.entry", formatEntry(authorizationEntry({ life: ended(2 * hour) })), false],
    ["authorizations/new.failed.json", JSON.stringify(failureEntry({ at: now - hour / 2 })), true],
    ["authorizations/old.failed.json", JSON.stringify(failureEntry({ at: now - 2 * hour })), false],
    ["logins/expired.entry", formatEntry(loginEntry({ life: ended(2 * hour) })), false],
    ["logins/valid.entry", formatEntry(loginEntry({ life: ended(-hour) })), true],
    ["tokens/expired.entry", formatEntry(registryEntry({ life: ended(2 * hour) })), true],
    ["tokens/forgotten.entry", formatEntry(registryEntry({ life: ended(8 * 24 * hour) })), false],
    ["logins/left.entry", formatEntry(logoutEntry({ loggedOutAt: now - 2 * hour })), false],
    ["authorizations/of-an-older-program.json", JSON.stringify({ format: 1, life: ended(2 * hour) }), false],
    ["tokens/of-a-newer-program.entry", withChecksum("docker-credential-ecr 99 token\n"), true],
  ];
  for (const [path, text, stays] of FILES) {
    it(`${stays ? "keeps" : "removes"} ${path}`, async () => {
      const file = `${temp()}/${path}`;
      mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      writeFileSync(file, text, { mode: 0o600 });
      await pruneState(temp(), clock, 0);
      assert.equal(existsSync(file), stays);
    });
  }

  for (const [when, uptime, boot, stays] of [
    ["this boot, less than 12 hours ago", 30 * hour, { id: "this boot", uptime: 19 * hour }, true],
    ["this boot, more than 12 hours ago", 30 * hour, { id: "this boot", uptime: 17 * hour }, false],
    ["a time before a reboot, less than 12 hours ago", 11 * hour, { id: "before", uptime: 99 * hour }, true],
    ["a time before a reboot, more than 12 hours ago", 13 * hour, { id: "before", uptime: 1 * hour }, false],
    ["a system without uptime", undefined, undefined, true],
  ] as const) {
    it(`${stays ? "keeps" : "removes"} a login of ${when}, with a clock that is a year ahead`, async () => {
      const life = { ...ended(365 * 24 * hour), ...(boot && { boot }) };
      mkdirSync(`${temp()}/logins`);
      const files = {
        "plain.entry": formatEntry(loginEntry({ life })),
        "sealed.entry": formatEntry(sealedLogin(life)),
      };
      for (const [name, text] of Object.entries(files))
        writeFileSync(`${temp()}/logins/${name}`, text, { mode: 0o600 });
      const ahead = uptime === undefined ? { now } : { now, boot: { id: "this boot", uptime } };
      await pruneState(temp(), ahead, 0);
      assert.deepEqual(readdirSync(`${temp()}/logins`).sort(), stays ? Object.keys(files) : []);
    });
  }

  it("removes temporary files of killed writers", async () => {
    mkdirSync(`${temp()}/tmp`, { recursive: true });
    writeFileSync(`${temp()}/tmp/abandoned`, "half an ent");
    utimesSync(`${temp()}/tmp/abandoned`, 1, 1);
    await pruneState(temp(), clock, 0);
    assert.deepEqual(readdirSync(`${temp()}/tmp`), []);
  });

  it("keeps what it can't read, and accepts missing folders", async () => {
    mkdirSync(`${temp()}/tokens`);
    writeFileSync(`${temp()}/tokens/torn.entry`, "docker-credential-ecr 2 tok", { mode: 0o600 });
    await pruneState(temp(), clock, 0);
    assert.equal(existsSync(`${temp()}/tokens/torn.entry`), true);
  });

  it("checks 64 files of a folder each time, from a random one on, and eventually all", async () => {
    const folder = `${temp()}/authorizations`;
    mkdirSync(folder);
    const expired = formatEntry(authorizationEntry({ life: ended(2 * hour) }));
    for (let n = 0; n < 200; n++) writeFileSync(`${folder}/${n}.entry`, expired, { mode: 0o600 });
    const left: number[] = [];
    for (const random of [0.99, 0, 0.5, 0.3]) {
      await pruneState(temp(), clock, random);
      left.push(readdirSync(folder).length);
    }
    assert.deepEqual(left, [136, 72, 8, 0]);
  });

  /** Makes old files in all folders of a state folder. @returns whether all of them are still there */
  function layFiles(state: string): () => boolean {
    const texts = {
      tmp: "half an ent",
      tokens: formatEntry(registryEntry({ life: ended(8 * 24 * hour) })),
      authorizations: formatEntry(authorizationEntry({ life: ended(2 * hour) })),
      logins: formatEntry(loginEntry({ life: ended(2 * hour) })),
    };
    const paths = Object.entries(texts).map(([folder, text]) => {
      mkdirSync(`${state}/${folder}`, { recursive: true, mode: 0o700 });
      const path = `${state}/${folder}/old.entry`;
      writeFileSync(path, text, { mode: 0o600 });
      utimesSync(path, 1, 1);
      return path;
    });
    return () => paths.every((path) => existsSync(path));
  }
  const pruned = (state: string) => pruneState(state, clock, 0);

  it("removes nothing behind a link", async () => {
    const areThere = layFiles(`${temp()}/elsewhere`);
    symlinkSync("elsewhere", `${temp()}/linked`);
    await pruned(`${temp()}/linked`);
    mkdirSync(`${temp()}/state`);
    for (const name of ["tmp", "tokens", "authorizations", "logins"])
      symlinkSync(`../elsewhere/${name}`, `${temp()}/state/${name}`);
    await pruned(`${temp()}/state`);
    assert.ok(areThere());
  });

  itAsRoot(
    "removes nothing in a state folder of another user, or in another user's folder in it",
    async () => {
      const areThere = layFiles(`${temp()}/state`);
      chownSync(`${temp()}/state`, otherUserId, otherUserId);
      await pruned(`${temp()}/state`);
      chownSync(`${temp()}/state`, 0, 0);
      for (const name of ["tmp", "tokens", "authorizations", "logins"])
        chownSync(`${temp()}/state/${name}`, otherUserId, otherUserId);
      await pruned(`${temp()}/state`);
      assert.ok(areThere());
    },
  );

  itAsRoot("removes no temporary file that another user can exchange", async () => {
    mkdirSync(`${temp()}/theirs/state/tmp`, { recursive: true });
    writeFileSync(`${temp()}/theirs/state/tmp/old`, "");
    utimesSync(`${temp()}/theirs/state/tmp/old`, 1, 1);
    chownSync(`${temp()}/theirs`, otherUserId, otherUserId);
    await pruned(`${temp()}/theirs/state`);
    assert.ok(existsSync(`${temp()}/theirs/state/tmp/old`));
  });

  it("removes files in a state folder below a link of this user", async () => {
    const areThere = layFiles(`${temp()}/real/state`);
    symlinkSync("real", `${temp()}/link`);
    await pruned(`${temp()}/link/state`);
    assert.equal(areThere(), false);
    assert.equal(existsSync(`${temp()}/real/state/tmp/old.entry`), false);
  });
});

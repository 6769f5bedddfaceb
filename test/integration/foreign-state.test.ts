import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverKey } from "../../src/store/files/paths.ts";
import { otherUserId, useTempFolder } from "../support/fakes/temp-folder.ts";
import {
  asAccount,
  homelessState,
  itAsAccount,
  newUid,
  openToOthers,
  removeHomelessStates,
} from "../support/program/as-account.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, notFound, silent, told } from "../support/program/verdicts.ts";

const hub = "https://index.docker.io/v1/";
const files = [
  `keychain/${serverKey(hub)}.json`,
  `sealed/${serverKey(hub)}.json`,
  "keys/logins.json",
  "keys/tokens.failed.json",
  `logins/${registry}.entry`,
  `logins/${registry}.json`,
  `tokens/${registry}.entry`,
  `failed-gets/${registry}.json`,
  "replication.json",
  "at-rest.json",
  "log",
];
const folders = ["keychain", "sealed", "keys", "logins", "tokens", "failed-gets", "locks", "native", "tmp"];

/** What another user can leave where a user without a home folder has the state folder. */
const traps: Readonly<Record<string, (state: string, uid: number, elsewhere: string) => void>> = {
  "a folder with files": (state) => {
    for (const folder of ["", ...folders]) {
      mkdirSync(join(state, folder));
      chmodSync(join(state, folder), 0o777);
    }
    for (const file of files) writeFileSync(join(state, file), "{}", { mode: 0o666 });
    giveAway(state);
  },
  "a folder with files that this user can't read": (state) => {
    for (const folder of ["", ...folders]) mkdirSync(join(state, folder));
    for (const file of files) writeFileSync(join(state, file), "{}", { mode: 0o600 });
    giveAway(state);
  },
  "a folder with folders that this user can't enter": (state) => {
    mkdirSync(state);
    for (const folder of folders) mkdirSync(join(state, folder), { mode: 0o700 });
    giveAway(state);
  },
  "a folder with links to a folder of this user": (state, _uid, elsewhere) => {
    mkdirSync(state);
    for (const folder of folders) symlinkSync(elsewhere, join(state, folder));
    for (const file of files) if (!file.includes("/")) symlinkSync(elsewhere, join(state, file));
    giveAway(state);
  },
  "a folder that this user can't enter": (state) => {
    mkdirSync(state, { mode: 0o700 });
    giveAway(state);
  },
  "a link to a folder of this user": (state, _uid, elsewhere) => link(elsewhere, state),
  "a link to no folder": (state) => link("/nowhere/at/all", state),
  "a link to itself": (state) => link(state, state),
  "a file": (state) => {
    writeFileSync(state, "");
    giveAway(state);
  },
};

function giveAway(path: string): void {
  Bun.spawnSync(["chown", "-hR", `${otherUserId}:${otherUserId}`, path]);
}

function link(target: string, path: string): void {
  symlinkSync(target, path);
  giveAway(path);
}

describe("a state folder in /tmp that another user has made", () => {
  const standing = useStanding();
  const folder = useTempFolder();
  let alice: User;

  before(() => openToOthers(standing));
  beforeEach(() => {
    chmodSync(folder(), 0o755);
    alice = standing.user(keys("alice"));
  });
  afterEach(removeHomelessStates);

  /** A folder of this user, with what the program would have in its state folder, and old files. */
  function ownFolder(uid: number): string {
    const path = join(folder(), "own");
    mkdirSync(path);
    for (const name of [`${serverKey(hub)}.json`, `${registry}.entry`, `${registry}.json`, "old"])
      writeFileSync(join(path, name), "{}", { mode: 0o600 });
    mkdirSync(join(path, "closed"), { mode: 0o200 });
    Bun.spawnSync(["chown", "-R", `${uid}:${uid}`, path]);
    return path;
  }

  for (const [name, lay] of Object.entries(traps)) {
    itAsAccount(`${name}: nothing in it counts or changes, and tokens are fetched`, async () => {
      const uid = newUid();
      const elsewhere = ownFolder(uid);
      lay(homelessState(uid), uid, elsewhere);
      const before = snapshot(folder());
      const options = { env: { HOME: undefined }, through: asAccount({ uid, home: undefined }, folder()) };
      notFound(await alice.get(hub, options));
      notFound(await alice.get("ghcr.io", options));
      answered(await alice.get(registry, options), registry);
      assert.equal((await alice.list(options)).stdout, "{}\n");
      for (const url of [hub, registry]) silent(await alice.erase(url, options));
      told(await alice.store(hub, "me", "hush-hush", options), "STATE_FOLDER");
      const { [`passwd-${uid}`]: _, ...after } = snapshot(folder());
      assert.deepEqual(after, before);
    });
  }

  itAsAccount("one of this user, made by the program, is used", async () => {
    const uid = newUid();
    const options = { env: { HOME: undefined }, through: asAccount({ uid, home: undefined }, folder()) };
    const secret = answered(await alice.get(registry, options), registry);
    assert.equal(answered(await alice.get(registry, options), registry), secret);
    assert.ok(existsSync(join(homelessState(uid), `tokens/${registry}.entry`)));
  });
});

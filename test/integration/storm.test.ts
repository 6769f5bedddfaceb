import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, utimesSync, watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseState } from "../../src/refresher/state.ts";
import { answersFor } from "../../src/token/failure-codes.ts";
import {
  parseAuthorizationEntry,
  parseFailureEntry,
  parseLoginEntry,
  parseRegistryEntry,
} from "../../src/token/parse-entry.ts";
import { seeded } from "../refresher/support.ts";
import { seedOf } from "../support/fuzz/random.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { ciRole, otherRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { logOf } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

const kills = 220;
const tokenLifeSeconds = 5;

const roleRegistry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
const discoveredRegistry = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";
const loginRegistry = "444455556666.dkr.ecr.us-west-2.amazonaws.com";

/** Who serves a registry, as AWS names them. */
const owners: Readonly<Record<string, string>> = {
  [registry]: "user/alice",
  [westRegistry]: "user/alice",
  [otherRegistry]: "user/bob",
  [discoveredRegistry]: "user/bob",
  [roleRegistry]: "assumed-role/ci",
};

const config = aliceKeeps(
  "111122223333",
  "us-east-1, us-west-2",
  `  - host: ${roleRegistry}
    identity: ci
  - account: "444455556666"
    identity: bob
  - host: ${otherRegistry}
    identity: bob
`,
).replace(
  "registries:",
  `  bob: { profile: bob }\n  ci: { roleArn: "${ciRole}", source: alice }\nregistries:`,
);

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  tokens: parseRegistryEntry,
  logins: parseLoginEntry,
  authorizations: (text) => parseAuthorizationEntry(text) ?? parseFailureEntry(text),
};

describe(`a daemon that is killed ${kills} times`, () => {
  const standing = useStanding({ settings: { tokenLifeSeconds } });

  it("leaves no corrupt file, loses no login and returns no wrong or expired token", async function () {
    this.timeout(600_000);
    const seed = seedOf(process.env, "STORM_SEED");
    const random = seeded(seed);
    const user = keeper(standing, config);
    const login = "made-up secret of a docker login";
    assert.equal((await user.store(loginRegistry, "AWS", login)).exitCode, 0);
    const seen = { gets: 0, refused: 0, operations: 0, tokens: new Set<string>() };
    let isOver = false;
    /** Since when AWS refuses, until when it did. */
    const outage = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    const mayFail = (began: number) => began < outage.to && Date.now() > outage.from;

    async function get(host: string): Promise<void> {
      const began = Date.now();
      const ran = await user.get(host);
      seen.gets++;
      if (ran.exitCode === 1 && host !== loginRegistry && mayFail(began - answersFor("AWS_FAULT"))) {
        told(ran, "AWS_FAULT");
        seen.refused++;
        return;
      }
      if (host === loginRegistry) {
        assert.equal(JSON.parse(ran.stdout).Secret, login);
        return;
      }
      const secret = answered(ran, host);
      seen.tokens.add(secret);
      const { principal, region, expiresAt } =
        standing.aws.controls.grantOf(secret) ?? assert.fail("no token");
      assert.ok(principal.includes(`:${owners[host]}`), `${host} got a token of ${principal}`);
      assert.equal(region, host.split(".")[3]);
      assert.ok(expiresAt > began, `${host} got a token that had expired ${began - expiresAt} ms before`);
    }

    async function gets(hosts: readonly string[]): Promise<void> {
      while (!isOver) for (const host of hosts) await get(host);
    }

    async function operate(): Promise<void> {
      while (!isOver) {
        const { registries } = JSON.parse((await user.run(["status", "--json"])).stdout);
        assert.ok(registries.length >= 4);
        const began = Date.now();
        const refreshed = await user.run(["refresh", "--min-validity", "2s"]);
        if (!mayFail(began)) assert.equal(refreshed.exitCode, 0, refreshed.stderr);
        const once = await user.run(["daemon", "--once"]);
        if (once.exitCode !== 0 && !mayFail(began)) assert.match(once.stderr, /\[DAEMON_RUNNING\]\n$/);
        seen.operations += 3;
      }
    }

    async function look(): Promise<void> {
      while (!isOver) {
        allParse(user);
        await pause(10);
      }
    }

    /** Starts what is to be killed, most often the daemon, and kills it at some moment or in the middle of a write. */
    async function strike(): Promise<void> {
      const kind = random();
      const args = kind < 0.8 ? ["daemon"] : kind < 0.9 ? ["daemon", "--once"] : ["refresh", "--force"];
      const isAmidWrites = random() < 0.5;
      const moment = isAmidWrites
        ? nthChange(user, Math.ceil(12 * random()))
        : pause(random() < 0.9 ? 200 * random() : 1_000 * random());
      const victim = user.start(args);
      await moment;
      victim.kill("SIGKILL");
      await victim.ended;
    }

    async function storm(): Promise<void> {
      try {
        for (let kill = 0; kill < kills; kill++) {
          if (kill === Math.round(kills / 3)) {
            outage.from = Date.now();
            standing.aws.controls.fail("GetAuthorizationToken");
          }
          if (kill === Math.round((kills * 2) / 3)) {
            standing.aws.controls.clear();
            outage.to = Date.now();
          }
          await strike();
        }
      } finally {
        isOver = true;
      }
    }

    try {
      const everyone = [gets(Object.keys(owners)), gets([loginRegistry, registry, otherRegistry])];
      await Promise.all([storm(), ...everyone, operate(), look()]).finally(() => {
        isOver = true;
      });
      allParse(user);
      assert.ok(seen.tokens.size > 20 && seen.gets > 200 && seen.operations > 10);
      assert.ok(seen.refused > 0, "the outage outlived the tokens");
      assert.doesNotMatch(logOf(user), /STATE_FILE/);
      await leavesNothing(user);
      for (const host of [...Object.keys(owners), loginRegistry]) await get(host);
    } catch (error) {
      console.log(`the storm's seed: STORM_SEED=${seed}`);
      throw error;
    }
  });

  /** What killed writers have left is gone after a minute, with the next file that is written. */
  async function leavesNothing(user: User): Promise<void> {
    const folder = join(user.state, "tmp");
    const before = Date.now() / 1000 - 61;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), before, before);
    assert.equal((await user.run(["refresh", "--force"])).exitCode, 0);
    assert.deepEqual(readdirSync(folder), []);
  }
});

/** Resolves at the n-th change of a file in the state folder from now on, by any process, or after half a second. */
async function nthChange(user: User, count: number): Promise<void> {
  const changed = Promise.withResolvers<void>();
  let left = count;
  const folders = ["tmp", "tokens", "authorizations"].map((name) => join(user.state, name));
  const watchers = folders
    .filter((path) => existsSync(path))
    .map((path) =>
      watch(path, () => {
        if (--left === 0) changed.resolve();
      }),
    );
  setTimeout(changed.resolve, 500);
  await changed.promise;
  for (const each of watchers) each.close();
}

/** Every file that a reader would go by can be gone by, at any moment. */
function allParse(user: User): void {
  for (const [folder, parse] of Object.entries(parsers)) {
    const path = join(user.state, folder);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path)) {
      const text = textOf(join(path, name));
      if (text !== undefined) assert.ok(parse(text), `${folder}/${name}`);
    }
  }
  const text = textOf(join(user.state, "refresher.json"));
  if (text === undefined) return;
  const { state } = JSON.parse(text);
  assert.deepEqual(parseState(state), state);
}

/** Undefined where it has just been removed. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    assert.equal((error as { code?: string }).code, "ENOENT");
    return undefined;
  }
}

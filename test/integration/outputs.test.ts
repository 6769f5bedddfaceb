import assert from "node:assert/strict";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AuthorizationEntry } from "../../src/token/entry.ts";
import { eventually } from "../support/eventually.ts";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { passNow } from "../support/program/keeping.ts";
import { member, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { authorizationFiles, entryIn, hour, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const alias = "images.example.com";

describe("outputs", () => {
  const standing = useStanding();

  /** Somebody whose daemon keeps Alice's registries, in us-east-1 unless said otherwise. */
  function keeper(outputs: readonly string[], regions = "us-east-1"): User {
    const user = standing.user();
    user.writeAwsKeys({ alice: member("alice") });
    configure(user, outputs, regions);
    mkdirSync(join(user.home, "ci"), { mode: 0o700 });
    return user;
  }

  function configure(user: User, outputs: readonly string[], regions = "us-east-1"): void {
    const listed = outputs.map((path) => `  - dockerConfig: ${user.home}/${path}\n`).join("");
    user.write(
      configPath,
      `version: 1
minValidity: 1s
identities:
  alice: { profile: alice }
registries:
  - account: "111122223333"
    regions: [${regions}]
    identity: alice
aliases:
  ${alias}: ${registry}
  unkept.example.com: 444455556666.dkr.ecr.us-east-1.amazonaws.com
${outputs.length > 0 ? `outputs:\n${listed}` : ""}`,
    );
  }

  const textOf = (user: User, path = "ci/config.json") => readFileSync(join(user.home, path), "utf8");
  const authsOf = (user: User, path?: string) => JSON.parse(textOf(user, path)).auths ?? {};
  const once = (user: User) => user.run(["daemon", "--once"]);
  const outputsOf = async (user: User) => JSON.parse((await user.run(["status", "--json"])).stdout).outputs;

  /** What Docker would send to the registry. */
  function secretFor(user: User, host: string, path?: string): string {
    const { auth } = authsOf(user, path)[host];
    const [name, ...secret] = Buffer.from(auth, "base64").toString().split(":");
    assert.equal(name, "AWS");
    return secret.join(":");
  }

  it("contain the result of get for each managed registry and its aliases", async () => {
    const user = keeper(["ci/config.json"], "us-east-1, us-west-2");
    assert.equal((await once(user)).exitCode, 0);
    assert.deepEqual(Object.keys(authsOf(user)).sort(), [registry, westRegistry, alias].sort());
    for (const host of [registry, westRegistry, alias]) {
      assert.ok(secretFor(user, host) === answered(await user.get(host), host), host);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    assert.equal(modeOf(join(user.home, "ci/config.json")), "0600");
    assert.deepEqual(readdirSync(join(user.home, "ci")), ["config.json"]);
    assert.equal((await outputsOf(user))[0].registries, 3);
    assert.match((await user.run(["status"])).stdout, /^output \S+\/ci\/config.json: tokens for 3 hosts$/m);
  });

  it("can be the user's own Docker config, are not changed while correct, and are restored after an edit", async () => {
    const user = keeper([".docker/config.json"]);
    const path = user.write(
      ".docker/config.json",
      '{\n  "psFormat": "x",\n  "auths": { "b.example": {"auth": "eDp5"} }\n}\n',
    );
    const before = textOf(user, ".docker/config.json");
    chmodSync(path, 0o644);
    await once(user);
    const { [registry]: ours, [alias]: theirs, ...others } = authsOf(user, ".docker/config.json");
    assert.ok(ours && theirs);
    assert.deepEqual(others, { "b.example": { auth: "eDp5" } });
    assert.equal(modeOf(path), "0600");
    const { ino, ctimeMs } = lstatSync(path);
    await once(user);
    assert.deepEqual([lstatSync(path).ino, lstatSync(path).ctimeMs], [ino, ctimeMs]);

    user.write(".docker/config.json", before);
    await once(user);
    assert.deepEqual(authsOf(user, ".docker/config.json")[registry], ours);
    rmSync(path);
    await once(user);
    assert.deepEqual(Object.keys(authsOf(user, ".docker/config.json")).sort(), [registry, alias].sort());
  });

  it("lose unmanaged registries, and all of them once config.yaml no longer names the output", async () => {
    const user = keeper(["ci/config.json", "ci/made.json"], "us-east-1, us-west-2");
    const text = '{\n\t"auths": {\n\t\t"b.example": {}\n\t},\n\t"z": 1\n}';
    user.write("ci/config.json", text);
    await once(user);
    configure(user, ["ci/config.json", "ci/made.json"], "us-west-2");
    await once(user);
    assert.deepEqual(Object.keys(authsOf(user)), ["b.example", westRegistry]);
    assert.deepEqual(Object.keys(authsOf(user, "ci/made.json")), [westRegistry]);

    configure(user, []);
    assert.equal((await once(user)).exitCode, 0);
    assert.equal(textOf(user), text);
    assert.deepEqual(readdirSync(join(user.home, "ci")), ["config.json"]);
    assert.deepEqual(readdirSync(join(user.state, "outputs")), []);
    assert.deepEqual(await outputsOf(user), []);
  });

  it("cause no error after they were removed manually", async () => {
    for (const gone of ["ci/config.json", "ci"]) {
      const user = keeper(["ci/config.json"]);
      await once(user);
      rmSync(join(user.home, gone), { recursive: true });
      configure(user, []);
      assert.equal((await once(user)).exitCode, 0);
      assert.deepEqual(readdirSync(join(user.state, "outputs")), []);
    }
  });

  it("that fail are reported in one line each and in status, the others are written, and fixed ones are forgotten", async () => {
    const user = keeper(["ci/broken.json", "none/config.json", "ci/taken.json", "ci/config.json"]);
    user.write("ci/broken.json", '{"auths": ');
    const taken = JSON.stringify({
      auths: { [registry]: { auth: Buffer.from("bob:x").toString("base64") } },
    });
    user.write("ci/taken.json", taken);
    for (const _ of ["at first", "again"]) {
      const { stdout, stderr, exitCode } = await once(user);
      assert.equal(exitCode, 1);
      assert.match(stdout, /1 registry managed, \d tokens? renewed, 3 failed\n$/);
      const lines = stderr.trimEnd().split("\n");
      assert.equal(lines.length, 3);
      for (const part of [
        /broken\.json is not JSON.*\[OUTPUT_SYNTAX\]/,
        /none does not exist.*mkdir -p .*none \[OUTPUT_FOLDER\]/,
        /taken\.json has a login for 111122223333.*\[OUTPUT_TAKEN\]/,
      ]) {
        assert.equal(lines.filter((line) => part.test(line)).length, 1, stderr);
      }
    }
    assert.equal(textOf(user, "ci/broken.json"), '{"auths": ');
    const { [registry]: bobs, [alias]: ours } = authsOf(user, "ci/taken.json");
    assert.deepEqual({ [registry]: bobs }, JSON.parse(taken).auths);
    assert.ok(ours);
    assert.ok(secretFor(user, registry));
    const failed = await outputsOf(user);
    assert.deepEqual(
      failed.map(({ lastError }: { lastError?: { code: string } }) => lastError?.code),
      ["OUTPUT_SYNTAX", "OUTPUT_FOLDER", "OUTPUT_TAKEN", undefined],
    );
    assert.match(
      (await user.run(["status"])).stdout,
      /broken\.json: tokens for 0 hosts; .*\[OUTPUT_SYNTAX\]$/m,
    );

    user.write("ci/broken.json", "");
    user.write("ci/taken.json", "{}");
    mkdirSync(join(user.home, "none"), { mode: 0o700 });
    assert.equal((await once(user)).exitCode, 0);
    for (const { lastError, registries } of await outputsOf(user)) {
      assert.deepEqual({ lastError, registries }, { lastError: undefined, registries: 2 });
    }
  });

  it("are updated by refresh at once, but not by get", async () => {
    const user = keeper(["ci/config.json"]);
    answered(await user.get(registry), registry);
    assert.ok(!existsSync(join(user.home, "ci/config.json")));
    assert.equal((await user.run(["refresh", registry])).exitCode, 0);
    const first = secretFor(user, registry);
    assert.equal((await user.run(["refresh", "--force"])).exitCode, 0);
    assert.notEqual(secretFor(user, registry), first);
    assert.ok(secretFor(user, registry) === answered(await user.get(registry), registry));
    chmodSync(join(user.home, "ci"), 0o770);
    const { stderr, exitCode } = await user.run(["refresh", "--force"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /chmod go-w .*\[OUTPUT_UNSAFE\]\n$/);
  });

  it("contain the newest token if several processes fetch one concurrently", async () => {
    const user = keeper(["ci/config.json"]);
    await Promise.all(Array.from({ length: 6 }, () => user.run(["refresh", "--force"])));
    const [kept = ""] = authorizationFiles(user);
    assert.ok(secretFor(user, registry) === (entryIn(kept) as AuthorizationEntry).secret);
    assert.deepEqual(readdirSync(join(user.home, "ci")), ["config.json"]);
  });

  it("contain a valid token for several lifetimes, and no expired one while AWS fails", async function () {
    this.timeout(120_000);
    const user = keeper(["ci/config.json"]);
    const daemon = user.start(["daemon"]);
    await eventually("the first token", () => existsSync(join(user.home, "ci/config.json")));
    const seen = new Set<string>();
    for (let life = 0; life < 3; life++) {
      // The last lives for 4 seconds.
      if (life === 2) standing.aws.controls.set({ tokenLifeSeconds: 4 });
      passTime(user, 6 * hour);
      await passNow(user, daemon);
      seen.add(secretFor(user, registry));
    }
    assert.equal(seen.size, 3);
    standing.aws.controls.fail("GetAuthorizationToken", { status: 503, code: "ServiceUnavailable" });
    const last = lstatSync(join(user.home, "ci/config.json")).mtimeMs;
    await eventually("the end of the last", () => !existsSync(join(user.home, "ci/config.json")));
    const after = Date.now() - last;
    assert.ok(2_000 < after && after < 12_000, `${after} ms after it was written`);
    standing.aws.controls.clear();
    daemon.kill("SIGTERM");
    assert.equal((await daemon.ended).exitCode, 0);
    assert.equal((await user.run(["refresh", "--force"])).exitCode, 0);
    assert.ok(secretFor(user, registry));
  });

  it("survive a daemon that is killed at any time", async function () {
    this.timeout(120_000);
    standing.aws.controls.set({ tokenLifeSeconds: 1 });
    const user = keeper([".docker/config.json"]);
    user.write(".docker/config.json", '{"auths": {"b.example": {"auth": "eDp5"}}, "psFormat": "x"}');
    for (let round = 0; round < 15; round++) {
      const daemon = user.start(["daemon"]);
      const end = performance.now() + 100 + 60 * round;
      await eventually("its end", () => {
        const { auths, psFormat } = JSON.parse(textOf(user, ".docker/config.json"));
        assert.deepEqual([auths["b.example"], psFormat], [{ auth: "eDp5" }, "x"]);
        return performance.now() > end;
      });
      daemon.kill("SIGKILL");
      await daemon.ended;
    }
    configure(user, []);
    assert.equal((await once(user)).exitCode, 0);
    assert.deepEqual(JSON.parse(textOf(user, ".docker/config.json")), {
      auths: { "b.example": { auth: "eDp5" } },
      psFormat: "x",
    });
  });
});

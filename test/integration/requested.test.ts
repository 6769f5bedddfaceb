import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { passwordExpiring } from "../support/fakes/entries.ts";
import { diagnose, failures, healthyUser, named, wire } from "../support/program/doctor.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { keys, member, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { hour, logOf, minute, passTime } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, silent } from "../support/program/verdicts.ts";

const dockerConfig = (...hosts: string[]) =>
  JSON.stringify({ credHelpers: Object.fromEntries(hosts.map((host) => [host, "ecr"])) });

/** The password of a login that ends in so many milliseconds. */
const loginFor = (time: number) => passwordExpiring((Date.now() + time) / 1000);

describe("requests of clients", function () {
  this.timeout(120_000);
  const standing = useStanding();

  const json = async (user: User, ...args: string[]) =>
    JSON.parse((await user.run(["status", "--json", ...args])).stdout);
  const failedGets = (user: User) => {
    const folder = join(user.state, "failed-gets");
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  function firstPull(): User {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    user.write(".docker/config.json", dockerConfig(registry));
    return user;
  }

  it("a first pull that failed is an error of status, refresh and doctor, until one succeeds", async () => {
    const user = firstPull();
    const { exitCode } = await user.get(registry);
    assert.equal(exitCode, 1);
    const status = await user.run(["status"]);
    assert.equal(status.exitCode, 1);
    assert.match(status.stdout, new RegExp(`^${registry} .*no ECR token for.*\\[NO_CREDENTIALS\\]$`, "m"));
    const [row] = (await json(user)).registries;
    assert.deepEqual(
      [row.registry, row.account, row.origin, row.state, row.lastError.code],
      [registry, "111122223333", "requested", "none", "NO_CREDENTIALS"],
    );
    const refreshed = await user.run(["refresh"]);
    assert.equal(refreshed.exitCode, 1);
    assert.match(refreshed.stderr, /\[NO_CREDENTIALS\]/);
    const doctor = await user.run(["doctor"]);
    assert.equal(doctor.exitCode, 1);
    assert.match(doctor.stdout, /NO_CREDENTIALS/);
    answered(await user.get(registry, { env: keys("alice") }), registry);
    assert.deepEqual(failedGets(user), []);
    assert.equal((await user.run(["status"])).exitCode, 0);
  });

  it("is also logged, since some clients discard the output, and a warm get logs nothing", async () => {
    const user = firstPull();
    await user.get(registry);
    await user.get("https://[");
    assert.match(logOf(user), /get failed: no ECR token for .*\[NO_CREDENTIALS\]\n/);
    assert.match(logOf(user), /get failed: .*\[BAD_SERVER_URL\]\n/);
    const alice = standing.user(keys("alice"));
    answered(await alice.get(registry), registry);
    const before = logOf(alice);
    answered(await alice.get(registry), registry);
    assert.deepEqual([logOf(alice), failedGets(alice)], [before, []]);
  });

  it("a configured registry that no client has requested is named, and is not an error", async () => {
    const user = firstPull();
    user.writeAwsKeys({ default: member("alice") });
    const status = await user.run(["status"]);
    assert.equal(status.exitCode, 0);
    assert.match(status.stdout, new RegExp(`^configured in Docker, but not used yet: ${registry}$`, "m"));
    assert.deepEqual((await json(user)).unused, [registry]);
    const refreshed = await user.run(["refresh"]);
    assert.deepEqual([refreshed.exitCode, refreshed.stdout], [0, `${registry}: 11h 59m left\n`]);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    const after = await json(user);
    assert.deepEqual([after.unused, after.registries[0].state], [[], "ok"]);
  });

  it("a failed get is forgotten after docker logout, a login, or a week", async () => {
    const ways: Record<string, (user: User) => unknown> = {
      "docker logout": async (user) => silent(await user.erase(registry)),
      "a login": async (user) => silent(await user.store(registry, "AWS", loginFor(hour))),
      "a week": (user) => passTime(user, 8 * 24 * hour),
    };
    for (const [what, forget] of Object.entries(ways)) {
      const user = firstPull();
      await user.get(registry);
      assert.equal((await user.run(["status"])).exitCode, 1, what);
      await forget(user);
      assert.equal((await user.run(["status"])).exitCode, 0, what);
    }
  });

  it("a failed get with another identity than the daemon's is shown next to the valid token", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    await user.run(["refresh"]);
    user.write(".config/docker-credential-ecr/config.yaml", "version: 1\n");
    await user.get(registry, { env: { AWS_EC2_METADATA_DISABLED: "true" } });
    user.write(".config/docker-credential-ecr/config.yaml", aliceKeeps("111122223333"));
    const { exitCode, stdout } = await user.run(["status"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /11h 59m .* a get failed at \S+Z: .*\[NO_CREDENTIALS\]$/m);
    assert.equal((await user.run(["status", "--strict"])).exitCode, 1);
  });

  it("a token that is already expired is shown as failed", async () => {
    const user = standing.user(keys("alice"));
    standing.aws.controls.set({ tokenLifeSeconds: -60 });
    await user.get(registry);
    assert.equal((await user.run(["refresh"])).exitCode, 1);
    const { ok, registries } = await json(user);
    assert.deepEqual(
      [ok, registries[0].registry, registries[0].lastError.code],
      [false, registry, "BAD_ANSWER"],
    );
  });

  it("an explicit login is shown with its expiry, with and without a managed token", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    await user.run(["refresh"]);
    const end = Date.now() + 3 * hour;
    for (const host of [registry, westRegistry]) silent(await user.store(host, "AWS", loginFor(3 * hour)));
    const { exitCode, stdout } = await user.run(["status"]);
    assert.equal(exitCode, 0);
    for (const host of [registry, westRegistry]) {
      const note = `an explicit 'docker login' is used until \\S+Z; 'docker logout ${host}' removes it`;
      assert.match(stdout, new RegExp(`^${host} .*${note}$`, "m"));
    }
    const { registries } = await json(user);
    const ends = registries.map(({ login }: { login: { expiresAt: string } }) => Date.parse(login.expiresAt));
    for (const one of ends) assert.ok(Math.abs(one - end) < minute, `${one}`);
    assert.deepEqual(registries[1].origin, "login");
    const refreshed = await user.run(["refresh"]);
    assert.deepEqual(
      [refreshed.exitCode, refreshed.stderr.includes(`'docker logout ${registry}'`)],
      [0, true],
    );
  });

  it("an invalid login is an error that names docker logout", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    await user.run(["refresh"]);
    silent(await user.store(registry, "AWS", "bad"));
    for (const command of ["status", "refresh"]) {
      const { exitCode, stdout, stderr } = await user.run([command]);
      assert.equal(exitCode, 1, command);
      assert.match(
        stdout + stderr,
        new RegExp(`not an ECR token. Fix: docker logout ${registry}\\. \\[LOGIN_DEAD\\]`),
      );
    }
  });
});

describe("doctor and requests of clients", function () {
  this.timeout(120_000);
  const standing = useStanding({}, "proxy");

  it("names docker logout for an explicit login that the registry refuses", async () => {
    for (const password of ["bad", loginFor(hour)]) {
      const user = healthyUser(standing);
      silent(await user.store(registry, "AWS", password));
      const found = await diagnose(user);
      assert.deepEqual(failures(found), ["stored-token LOGIN_DEAD"]);
      assert.equal(named(found, "stored-token").fix, `docker logout ${registry}`);
    }
  });

  it("checks the registries for which Docker uses this helper, and failed gets", async () => {
    const user = healthyUser(standing);
    wire(user, { credHelpers: { [westRegistry]: "ecr", [registry]: "ecr", "example.com": "ecr" } });
    const hosts = (found: Awaited<ReturnType<typeof diagnose>>) => [
      ...new Set(found.flatMap((one) => one.registry ?? [])),
    ];
    assert.deepEqual(hosts(await diagnose(user)), [westRegistry, registry]);
    const env = { AWS_PROFILE: "gone" };
    await user.get(registry, { env });
    const found = await diagnose(user);
    assert.deepEqual(failures(found), ["last-get PROFILE_NOT_FOUND"]);
    assert.match(found.find(({ code }) => code)?.seen ?? "", /a get failed \d+s ago: .*profile gone/);
    assert.deepEqual(failures(await diagnose(user, registry)), ["last-get PROFILE_NOT_FOUND"]);
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    await user.get(registry);
    standing.aws.controls.clear();
    assert.deepEqual(failures(await diagnose(user)), []);
    await user.get(registry, { env });
    const { fix = "" } = named(await diagnose(user, registry), "last-get");
    assert.match(
      fix,
      /; if clients now use .*, which works, run: docker-credential-ecr refresh --force 111122223333\S+$/,
    );
    assert.equal((await user.run(["refresh", "--force", registry])).exitCode, 0);
    assert.deepEqual(failures(await diagnose(user)), []);
  });
});

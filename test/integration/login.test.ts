import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { passwordExpiring } from "../support/fakes/entries.ts";
import { keys, otherRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { entryIn, hour, logOf, minute, passTime, second, tokenFile } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, silent, told } from "../support/program/verdicts.ts";

/** What `docker logout HOST` asks a helper to erase. */
const logoutOf = (host: string) => [host, host, `http://${host}`, `https://${host}`];

describe("an explicit login", () => {
  const standing = useStanding();
  let alice: User;
  let bobs: string;

  beforeEach(async () => {
    alice = standing.user(keys("alice"));
    bobs = answered(await standing.user(keys("bob")).get(registry), registry);
    standing.aws.controls.reset();
  });

  const logins = () =>
    existsSync(join(alice.state, "logins")) ? readdirSync(join(alice.state, "logins")) : [];

  async function logout(host: string): Promise<void> {
    for (const url of logoutOf(host)) silent(await alice.erase(url));
  }

  it("is returned by get, regardless of the configured identity, without a request", async () => {
    silent(await alice.store(registry, "AWS", bobs));
    assert.equal(answered(await alice.get(registry), registry), bobs);
    assert.equal(answered(await alice.get(`https://${registry}/app`), `https://${registry}/app`), bobs);
    assert.equal(answered(await alice.get(registry, { env: keys("mallory") }), registry), bobs);
    assert.equal(standing.calls(), 0);
  });

  it("applies to its registry, in all forms of the URL, and to no other", async () => {
    silent(await alice.store(`https://${registry.toUpperCase()}:443/`, "AWS", bobs));
    assert.equal(answered(await alice.get(registry), registry), bobs);
    assert.notEqual(answered(await alice.get(otherRegistry), otherRegistry), bobs);
  });

  it("takes precedence over a fresh token of the configured identity, until docker logout", async () => {
    const cached = answered(await alice.get(registry), registry);
    silent(await alice.store(registry, "AWS", bobs));
    assert.equal(answered(await alice.get(registry), registry), bobs);
    standing.aws.controls.reset();
    await logout(registry);
    assert.equal(answered(await alice.get(registry), registry), cached);
    assert.equal(standing.calls(), 0, "the cache is still warm");
  });

  it("can be removed and added again at once", async () => {
    for (const _ of [1, 2]) {
      silent(await alice.store(registry, "AWS", bobs));
      assert.equal(answered(await alice.get(registry), registry), bobs);
      await logout(registry);
    }
    assert.notEqual(answered(await alice.get(registry), registry), bobs);
  });

  it("if absent, docker logout removes the cached token", async () => {
    const cached = answered(await alice.get(registry), registry);
    await logout(registry);
    assert.equal(existsSync(tokenFile(alice, registry)), false);
    assert.notEqual(answered(await alice.get(registry), registry), cached);
  });

  it("if removed a while ago, another docker logout removes the cached token", async () => {
    const cached = answered(await alice.get(registry), registry);
    silent(await alice.store(registry, "AWS", bobs));
    await logout(registry);
    passTime(alice, minute);
    await logout(registry);
    assert.notEqual(answered(await alice.get(registry), registry), cached);
  });

  it("is valid until the expiry in its token", async () => {
    const inAnHour = passwordExpiring(Math.floor((Date.now() + hour) / 1000));
    silent(await alice.store(registry, "AWS", inAnHour));
    assert.equal(secretOf(await alice.get(registry)), inAnHour);
    passTime(alice, hour - 10 * second);
    assert.equal(secretOf(await alice.get(registry)), inAnHour);
    passTime(alice, 20 * second);
    assert.notEqual(answered(await alice.get(registry), registry), inAnHour);
    assert.equal(standing.calls(), 1);
  });

  it("that is already expired is never returned", async () => {
    silent(await alice.store(registry, "AWS", passwordExpiring(Math.floor(Date.now() / 1000) - 60)));
    answered(await alice.get(registry), registry);
    assert.equal((await alice.list()).stdout, `{"${registry}":"AWS"}\n`);
  });

  it("in another form is valid for as long as an ECR token could be", async () => {
    silent(await alice.store(registry, "me", "a password of a mirror's"));
    const { Username, Secret } = JSON.parse((await alice.get(registry)).stdout);
    assert.deepEqual([Username, Secret], ["me", "a password of a mirror's"]);
    passTime(alice, 12 * hour);
    answered(await alice.get(registry), registry);
  });

  it("with characters that JSON must escape is returned unchanged", async () => {
    const secret = 'a "quoted" \\ ünïcödé\n\u0000 secret';
    silent(await alice.store(registry, 'na"me', secret));
    const { Username, Secret } = JSON.parse((await alice.get(registry)).stdout);
    assert.deepEqual([Username, Secret], ['na"me', secret]);
  });

  it("replaces the previous one", async () => {
    silent(await alice.store(registry, "AWS", "the first"));
    silent(await alice.store(registry, "AWS", "the second"));
    assert.equal(secretOf(await alice.get(registry)), "the second");
    assert.equal(logins().length, 1);
  });

  it("with the token that get returned is not a separate login: it is still refreshed", async () => {
    const given = answered(await alice.get(registry), registry);
    silent(await alice.store(registry, "AWS", given));
    assert.deepEqual(logins(), []);
    passTime(alice, 11.5 * hour);
    assert.notEqual(answered(await alice.get(registry), registry), given);
  });

  it("with the token of another form of the URL is not a separate login either", async () => {
    const given = answered(await alice.get(`https://${registry}`), `https://${registry}`);
    silent(await alice.store(`https://${registry}`, "AWS", given));
    assert.deepEqual(logins(), []);
  });

  it("with the cached token replaces another login, and is still refreshed", async () => {
    const own = answered(await alice.get(registry), registry);
    silent(await alice.store(registry, "AWS", bobs));
    silent(await alice.store(registry, "AWS", own));
    assert.equal(answered(await alice.get(registry), registry), own);
    passTime(alice, 11.5 * hour);
    const renewed = answered(await alice.get(registry), registry);
    assert.ok(renewed !== own && renewed !== bobs);
  });

  it("with a damaged file is logged once, and the configured identity is used", async () => {
    silent(await alice.store(registry, "AWS", bobs));
    const path = join(alice.state, "logins", `${registry}.entry`);
    writeFileSync(path, readFileSync(path, "utf8").replace(bobs, bobs.slice(1)));
    for (const _ of [1, 2]) assert.notEqual(answered(await alice.get(registry), registry), bobs);
    assert.equal(logOf(alice).match(/logins\/\S+ was ignored: damaged/g)?.length, 1);
  });

  it("in the format of a previous version is also used, before a fresh token, until docker logout", async () => {
    const cached = answered(await alice.get(registry), registry);
    silent(await alice.store(registry, "AWS", bobs));
    const path = join(alice.state, "logins", `${registry}.entry`);
    const former = JSON.stringify({ ...entryIn(path), format: 1 });
    rmSync(path);
    alice.write(`.local/state/docker-credential-ecr/logins/${registry}.json`, former);
    for (const _ of [1, 2]) assert.equal(answered(await alice.get(registry), registry), bobs);
    await logout(registry);
    assert.equal(answered(await alice.get(registry), registry), cached);
    assert.deepEqual(logins(), [`${registry}.entry`], "that there was a logout");
  });

  it("to several registries concurrently loses none", async () => {
    const hosts = Array.from({ length: 12 }, (_, number) =>
      registry.replace(/^\d+/, String(100_000_000_000 + number)),
    );
    await Promise.all(hosts.map(async (host) => silent(await alice.store(host, "AWS", `secret of ${host}`))));
    for (const host of hosts) assert.equal(secretOf(await alice.get(host)), `secret of ${host}`);
    assert.deepEqual(Object.keys(JSON.parse((await alice.list()).stdout)), hosts);
  });

  it("is refused for an invalid server URL", async () => {
    for (const url of [`${registry}\n.example.com`, `me@${registry}`, `${registry}\u0000`]) {
      assert.doesNotMatch(told(await alice.store(url, "AWS", "hush-hush"), "BAD_SERVER_URL"), /hush/);
      told(await alice.erase(url), "BAD_SERVER_URL");
    }
  });
});

function secretOf({ stdout }: { stdout: string }): string {
  return JSON.parse(stdout).Secret;
}

describe("list", () => {
  const standing = useStanding();

  it("names exactly what get returns without AWS", async () => {
    const alice = standing.user(keys("alice"));
    const hosts = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "us-east-2"].map((region) =>
      registry.replace("us-east-1", region),
    );
    const [expired = "", usable = "", bobsOwn = "", login = "", overLogin = ""] = hosts;
    answered(await alice.get(expired), expired);
    passTime(alice, hour);
    answered(await alice.get(usable), usable);
    passTime(alice, 11.2 * hour);
    answered(await alice.get(bobsOwn, { env: keys("bob") }), bobsOwn);
    silent(await alice.store(login, "somebody", "secret"));
    silent(await alice.store(overLogin, "AWS", passwordExpiring(1)));
    standing.aws.controls.refuse("*");

    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [usable]: "AWS", [login]: "somebody" });
    for (const host of [usable, login]) assert.equal((await alice.get(host)).exitCode, 0, host);
    for (const host of [expired, bobsOwn, overLogin]) assert.equal((await alice.get(host)).exitCode, 1, host);
    const bobsList = await alice.list({ env: keys("bob") });
    assert.deepEqual(JSON.parse(bobsList.stdout), { [bobsOwn]: "AWS", [login]: "somebody" });
  });

  it("still names what get returns after an edit that did not change the identity", async () => {
    const alice = standing.user(keys("alice"));
    for (const host of [registry, westRegistry]) answered(await alice.get(host), host);
    alice.writeAwsConfig({ "profile another": { region: "eu-west-1" } });
    standing.aws.controls.refuse("*");
    const listed = JSON.parse((await alice.list()).stdout);
    for (const host of [registry, westRegistry]) assert.equal((await alice.get(host)).exitCode, 0, host);
    assert.deepEqual(listed, { [registry]: "AWS", [westRegistry]: "AWS" });
  });
});

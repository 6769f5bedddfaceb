import assert from "node:assert/strict";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import {
  keys,
  otherRegistry,
  registry,
  signIn,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { logOf, tokenFile } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const broken = "version: 1\nidentites: {}\n";
const good = aliceKeeps("111122223333");

describe("a daemon with problems", () => {
  const standing = useStanding();

  const count = () => standing.count("GetAuthorizationToken");
  const troubles = (lines: readonly string[]) => lines.filter((line) => /^(error|info resolved)/.test(line));

  it("that starts with an invalid config runs, reports it, and uses the fixed one", async () => {
    const user = keeper(standing);
    const token = answered(await user.get(registry, { env: keys("alice") }), registry);
    user.write(configPath, broken);
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    assert.equal(answered(await user.get(registry, { env: keys("alice") }), registry), token);
    assert.equal(count(), 1);
    user.write(configPath, aliceKeeps("111122223333", "us-west-2"));
    await passNow(user, daemon);
    assert.ok(existsSync(tokenFile(user, westRegistry)));
    const [error, over, ...others] = troubles(await endDaemon(daemon));
    assert.match(error ?? "", /config\.yaml:2:1.*\[CONFIG_INVALID\]$/);
    assert.match(over ?? "", /^info resolved: \S+config\.yaml:2:1 \[CONFIG_INVALID\]$/);
    // The identity of the account holds in the region of the first token too.
    assert.deepEqual(others, []);
  });

  it("logs the start and the end of each problem, and nothing in between", async () => {
    const user = keeper(standing, good);
    const daemon = user.start(["daemon"]);
    for (const text of [broken, broken, good, broken, broken, good]) {
      user.write(configPath, text);
      await passNow(user, daemon);
    }
    const told = troubles(await endDaemon(daemon)).map((line) => line.slice(0, 9));
    assert.deepEqual(told, ["error /tm", "info reso", "error /tm", "info reso"]);
  });

  it("does not use a config that others can write, and keeps valid tokens", async () => {
    const user = keeper(standing, good);
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    const token = answered(await user.get(registry), registry);
    const path = join(user.home, configPath);
    chmodSync(path, 0o666);
    await passNow(user, daemon);
    assert.equal(answered(await user.get(registry), registry), token);
    chmodSync(path, 0o600);
    await passNow(user, daemon);
    assert.equal(answered(await user.get(registry), registry), token);
    assert.equal(count(), 1);
    const told = troubles(await endDaemon(daemon));
    assert.deepEqual(
      told.map((line) => /^(?:error|info resolved).*(\[\w+\])$/.exec(line)?.[1]),
      ["[CONFIG_WRITABLE]", "[CONFIG_WRITABLE]"],
    );
  });

  it("logs a damaged token file once, and again after a different damage", async () => {
    const user = keeper(standing, good);
    const path = tokenFile(user, otherRegistry);
    const spoil = (text: string) => writeFileSync(path, text, { mode: 0o600 });
    const noted = () => logOf(user).match(/STATE_FILE .* was ignored/g)?.length ?? 0;
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    spoil("{");
    await passNow(user, daemon);
    await passNow(user, daemon);
    assert.equal(noted(), 1);
    spoil("{ }");
    await passNow(user, daemon);
    assert.equal(noted(), 2);
    await endDaemon(daemon);
  });

  it("retries at once after a new sign-in, and a refreshed session needs no call", async () => {
    const user = keeper(standing, good.replace("profile: alice", "profile: sso"));
    user.writeAwsConfig({
      "profile sso": { sso_session: "corp", sso_account_id: "111122223333", sso_role_name: "ci" },
      "sso-session corp": { sso_start_url: "https://corp.example.com/start", sso_region: "us-east-1" },
    });
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    await passNow(user, daemon);
    signIn(user, "corp");
    await passNow(user, daemon);
    await eventually("the token", () => existsSync(tokenFile(user, registry)));
    const before = answered(await user.get(registry), registry);
    const calls = standing.calls();
    signIn(user, "corp", Date.now() + 1_000_000);
    assert.equal(answered(await user.get(registry), registry), before);
    await passNow(user, daemon);
    assert.equal(answered(await user.get(registry), registry), before);
    assert.equal(standing.calls(), calls);
    const told = troubles(await endDaemon(daemon));
    assert.deepEqual(
      told.map((line) => /^(error|info resolved).*(\[\w+\])$/.exec(line)?.slice(1).join()),
      ["error,[SSO_EXPIRED]", "info resolved,[SSO_EXPIRED]"],
    );
  });

  it("with one failing identity refreshes the others", async () => {
    const nobody = `  - account: "444455556666"\n    regions: [us-east-1]\n    identity: nobody\n`;
    const config = aliceKeeps("111122223333", "us-east-1", nobody);
    const user = keeper(
      standing,
      config.replace("registries:", "  nobody: { profile: nobody }\nregistries:"),
    );
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    answered(await user.get(registry), registry);
    assert.equal(count(), 1);
    assert.match(troubles(await endDaemon(daemon)).join("\n"), /^error .*nobody.*\[PROFILE_NOT_FOUND\]$/);
  });
});

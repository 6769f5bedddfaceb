import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { leakOf, plantedTexts } from "../support/planted.ts";
import { keys, member, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { logOf, tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";

/** Another sample each time would make a failure come and go; the property test draws ten thousand. */
const sample = fc.sample(plantedTexts, { seed: 20_261_129, numRuns: 8 });
const config = `version: 1\nregistries:\n  - host: ${registry}\n  - host: ${westRegistry}\nfallback: none\n`;

/** What all that a person may look at shows: screens, the log, a bundle and the daemon's own log. */
async function allShown(user: User): Promise<string> {
  const bundle = join(user.home, "bundle");
  const runs = [
    await user.get(registry),
    await user.run(["refresh", westRegistry]),
    await user.run(["daemon", "--once"]),
    await user.run(["status"]),
    await user.run(["status", "--json"]),
    await user.run(["doctor", registry, "--bundle", bundle]),
  ];
  assert.ok(runs.every(({ stdout, stderr }) => (stdout + stderr).length > 0));
  const said = runs.map(({ stdout, stderr }) => stdout + stderr);
  return [...said, logOf(user), readFileSync(bundle, "utf8")].join("\n");
}

describe("a planted secret", function () {
  this.timeout(120_000);
  const standing = useStanding();

  function userWith(env: Record<string, string>): User {
    const user = standing.user({ ...keys("alice"), ...env });
    user.write(configPath, config);
    return user;
  }

  for (const [index, { text, secret }] of sample.entries()) {
    it(`in AWS's message is shown nowhere (${index + 1})`, async () => {
      const user = userWith({});
      const message = `It failed: ${text} end`;
      standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "SomeException", message });
      const shown = await allShown(user);
      assert.match(shown, /\[AWS_REFUSED\]/);
      assert.equal(leakOf(secret, shown), undefined);
    });

    it(`in the output of a credential_process and another helper is shown nowhere (${index + 1})`, async () => {
      const user = userWith({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_PROFILE: "process" });
      const printed = user.write("printed", text);
      user.writeAwsConfig({
        "profile process": { credential_process: `sh -c 'cat ${printed}; cat ${printed} >&2; exit 1'` },
      });
      const shown = await allShown(user);
      assert.match(shown, /\[PROCESS_FAILED\]/);
      assert.equal(leakOf(secret, shown), undefined);
    });
  }

  for (const password of [
    "p@ss4word",
    "pa/ss4word",
    "pa#ss4word",
    "p@s/s4#w?ord",
    "p%40ss4word",
    "p:ss4:word",
  ]) {
    it(`in a proxy's address (${password}) is shown nowhere`, async () => {
      const proxy = `http://ci:${password}@127.0.0.1:9`;
      const user = userWith({ HTTPS_PROXY: proxy, HTTP_PROXY: proxy, AWS_ENDPOINT_URL: "" });
      const shown = await allShown(user);
      for (let at = 0; at + 5 <= password.length; at++) {
        assert.ok(!shown.includes(password.slice(at, at + 5)), shown);
      }
    });
  }

  it("in AWS_PROFILE, by mistake, is not in the reason", async () => {
    const secret = "hush1Hush2hush3Hush4hush5Hush6hush7Hush8";
    const { stdout, stderr } = await standing.user({ AWS_PROFILE: secret }).get(registry);
    assert.match(
      stderr,
      /\(identity: profile \[redacted\] \(AWS_PROFILE\)\): profile \[redacted\] is neither /,
    );
    assert.ok(!(stdout + stderr).includes(secret));
  });

  it("in an argument is not repeated", async () => {
    const user = userWith({});
    const host = "https://me:hush-hush@ghcr.io";
    for (const args of [
      ["configure-docker", host],
      ["refresh", host],
      ["doctor", host],
      ["status", "--password=hush-hush"],
    ]) {
      const { stdout, stderr, exitCode } = await user.run(args);
      assert.equal(exitCode, 1, args.join(" "));
      assert.match(stderr, /\[redacted\]/);
      assert.doesNotMatch(stdout + stderr, /hush/);
    }
  });

  for (const variable of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
    it(`that is the name in ${variable}, by mistake, is shown nowhere`, async () => {
      const secret = `wJalrXUtnFEMI/K7MDENG/${"bPxRfiCYZ0qT".repeat(2)}`;
      const user = userWith({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", [variable]: secret });
      user.writeAwsKeys({ [secret]: member("alice") });
      const bundle = join(user.home, "bundle");
      const [get, ...others] = [
        await user.get(registry),
        await user.run(["status"]),
        await user.run(["status", "--json"]),
        await user.run(["registries"]),
        await user.run(["doctor", registry, "--bundle", bundle]),
      ];
      assert.match(get?.stdout ?? "", /"Secret"/);
      const screens = others.map(({ stdout, stderr }) => stdout + stderr);
      const shown = [...screens, readFileSync(bundle, "utf8")].join("\n");
      assert.match(shown, /profile \[redacted\]/);
      assert.equal(leakOf(secret, shown), undefined);
      assert.ok(!readFileSync(tokenFile(user, registry), "utf8").includes(secret));
    });
  }
});

import assert from "node:assert/strict";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Ran } from "../support/program/run.ts";
import {
  ciRole,
  keys,
  member,
  publicRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { everythingIn, hour, logOf, passTime, tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, shown } from "../support/program/verdicts.ts";

const secretsOfTheCast = /test-secret-of|test-session-secret|test-session-token|test-sso-access|TESTSESSION/;
/** The beginning of a password of ECR's form, and of the token that holds it. */
const secretsOfEcr = /eyJwYXlsb2Fk|QVdTOm/;

describe("secrets", () => {
  const standing = useStanding();

  /** Much of what can be done, well and badly. @returns the endings of all that failed */
  async function doMuch(user: User, through: readonly string[] = []): Promise<Ran[]> {
    const under = (env: Record<string, string>) => ({ env, through });
    const role = under({ AWS_PROFILE: "role" });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    // Elsewhere than on Linux a tester's own keychain would be written to.
    user.write(configPath, "version: 1\nfallback: none\n");
    const { controls } = standing.aws;
    const endings: Ran[] = [];
    const note = async (ran: Promise<Ran>) => void endings.push(await ran);

    for (const host of [registry, publicRegistry]) answered(await user.get(host, role), host);
    const secret = answered(await user.get(westRegistry, under(keys("bob"))), westRegistry);
    await note(user.store(registry, "AWS", secret, role));
    await note(user.store("registry.example.com", "me", secret, role));
    await note(user.store(`${registry}:1`, "AWS", secret, role));
    await note(user.run(["store"], { ...role, input: `{"ServerURL":"${registry}","Secret":"${secret}"` }));
    await note(user.list(role));
    await note(user.erase(registry, role));
    await note(user.run(["configure-docker", registry], role));

    // The messages of services quote what they were sent.
    const quoting = `Bad: secretAccessKey=test-secret-of-bob, session token: test-session-token-x, ${secret}`;
    controls.fail("GetAuthorizationToken", { status: 400, code: "SomeException", message: quoting });
    await note(user.get(registry.replace("us-east-1", "eu-west-1"), under(keys("bob"))));
    passTime(user, 11.5 * hour);
    answered(await user.get(westRegistry, under(keys("bob"))), westRegistry);
    controls.clear();
    controls.fail("AssumeRole", { status: 403, code: "AccessDenied", message: quoting });
    await note(user.get(registry.replace("us-east-1", "eu-central-1"), role));
    controls.clear();
    await note(user.get(registry, under({ ...keys("mallory"), AWS_SESSION_TOKEN: "test-session-token-x" })));
    await note(user.get(registry, under({ ...keys("bob"), AWS_SECRET_ACCESS_KEY: "test-secret-of-nobody" })));
    await note(
      user.get(
        registry,
        under({
          ...keys("bob"),
          HTTPS_PROXY: "http://me:test-secret-of-proxy@127.0.0.1:9",
          AWS_ENDPOINT_URL: "",
        }),
      ),
    );
    writeFileSync(tokenFile(user, registry), `{"secret":"${secret}"`);
    await note(user.get(registry, role));
    return endings;
  }

  for (const umask of ["022", "000"]) {
    it(`are only in private files and folders, with umask ${umask}`, async () => {
      const user = standing.user();
      await doMuch(user, ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"]);
      const wrong = everythingIn(user.state).flatMap((path) => {
        const found = lstatSync(path);
        const mode = (found.mode & 0o7777).toString(8);
        const expected = found.isDirectory() ? "700" : "600";
        return mode === expected ? [] : [`${relative(user.home, path)}: ${mode}`];
      });
      assert.deepEqual(wrong, []);
      const parents = [".local", ".local/state"].map((path) => lstatSync(join(user.home, path)).mode & 0o777);
      assert.deepEqual(parents, [0o700, 0o700]);
    });
  }

  it("are in no error, stderr or log, and keys are in no file", async () => {
    const user = standing.user();
    const endings = await doMuch(user);
    const said = endings.map(
      ({ stdout, stderr }) => (stdout.startsWith('{"ServerURL"') ? "" : stdout) + stderr,
    );
    for (const text of [...said, logOf(user)]) {
      assert.ok(!secretsOfTheCast.test(text) && !secretsOfEcr.test(text), shown(text));
    }
    assert.ok(logOf(user).length > 0);
    const kept = everythingIn(user.state).filter((path) => lstatSync(path).isFile());
    const all = kept.map((path) => readFileSync(path, "latin1")).join("\n");
    assert.ok(
      !secretsOfTheCast.test(all) && !/TESTKEY/.test(all),
      "no key is kept, not even an access key id",
    );
  });

  it("are in no arguments, and in no environment of child processes", async () => {
    const user = standing.user({ AWS_PROFILE: "process", BUN_OPTIONS: "", BUN_INSPECT_NOTIFY: "x" });
    const { accessKeyId, secretAccessKey } = member("alice");
    const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
    const script = user.write(
      "process.sh",
      `for each in /proc/[0-9]*; do [ -O "$each" ] && tr '\\0' ' ' <"$each/cmdline"; done >"$HOME/arguments" 2>/dev/null
       env >"$HOME/environment"
       echo '${JSON.stringify(printed)}'\n`,
    );
    user.writeAwsConfig({ "profile process": { credential_process: `sh ${script}` } });
    const secret = answered(await user.get(registry), registry);
    passTime(user, 11.5 * hour);
    answered(await user.get(registry), registry);
    const read = (name: string) => readFileSync(join(user.home, name), "utf8");
    assert.match(read("arguments"), /docker-credential-ecr get/);
    assert.ok(!read("arguments").includes(secret.slice(0, 100)) && !/test-secret/.test(read("arguments")));
    assert.ok(!read("environment").includes(secret.slice(0, 100)));
    assert.doesNotMatch(read("environment"), /^BUN_/m);
  });
});

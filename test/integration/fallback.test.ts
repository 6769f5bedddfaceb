import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { delegate } from "../../src/logins/delegate.ts";
import { runOtherHelper } from "../../src/logins/run-helper.ts";
import { loginsContract } from "../logins/contract.ts";
import { programPath } from "../support/program/program.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import { logOf, snapshot } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, notFound, notFoundText, silent, told } from "../support/program/verdicts.ts";

const hub = "https://index.docker.io/v1/";
describe("fallback: file", () => {
  const standing = useStanding();
  let alice: User;
  beforeEach(() => {
    alice = standing.user(keys("alice"));
    alice.write(configPath, "version: 1\nfallback: file\n");
  });

  const keyFile = () => join(alice.state, "keys/logins.json");

  loginsContract("the program", () =>
    delegate(async (action, input) => {
      return runOtherHelper(programPath(), action, input, {
        env: alice.env,
        self: "",
        limit: 30_000,
      });
    }, "the program"),
  );

  it("stores logins to hosts outside ECR", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    answered(await alice.get(registry), registry);
    assert.equal(
      (await alice.get(hub)).stdout,
      `{"ServerURL":"${hub}","Username":"me","Secret":"hush-hush"}\n`,
    );
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [hub]: "me", [registry]: "AWS" });
  });

  it("writes neither server, username nor secret in plain text, into private files", async () => {
    silent(await alice.store("ghcr.io", "my-name", "hush-hush"));
    const files = snapshot(alice.state);
    assert.doesNotMatch(JSON.stringify(Object.values(files)), /hush|my-name|ghcr/);
    assert.ok(Object.values(files).every((each) => /^(700|600) /.test(each)));
    assert.ok(existsSync(keyFile()));
  });

  it("reports a missing key, and starts again with the next login", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    silent(await alice.store("ghcr.io", "me", "hush-hush"));
    alice.write(join(".local/state/docker-credential-ecr/keys/logins.json"), '{"format":1,"key":"AAAA"}');
    told(await alice.get(hub), "LOGIN_KEY", keyFile());
    told(await alice.store(hub, "me", "new"), "LOGIN_KEY", keyFile());
    Bun.spawnSync(["rm", keyFile()]);
    told(await alice.get(hub), "LOGIN_UNREADABLE", "log in");
    silent(await alice.store(hub, "me", "new"));
    assert.equal(JSON.parse((await alice.get(hub)).stdout).Secret, "new");
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [hub]: "me" });
    assert.match(logOf(alice), /LOGIN_UNREADABLE/);
    silent(await alice.erase("ghcr.io"));
    notFound(await alice.get("ghcr.io"));
  });

  it("is still used if the config is invalid", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    alice.write(configPath, "version: 1\nfallback: [\n");
    assert.equal(JSON.parse((await alice.get(hub)).stdout).Secret, "hush-hush");
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [hub]: "me" });
    told(await alice.get("ghcr.io"), "CONFIG_SYNTAX", "config.yaml");
    told(await alice.erase(hub), "CONFIG_SYNTAX", "config.yaml");
    assert.match(logOf(alice), /CONFIG_SYNTAX/);
  });

  it("does not use a key that others can read", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    chmodSync(keyFile(), 0o644);
    told(await alice.get(hub), "LOGIN_KEY", "644");
  });
});

describe("fallback: none", () => {
  const standing = useStanding();

  it("stores no login, reports it, and allows anonymous pulls", async () => {
    const user = standing.user();
    user.write(configPath, "version: 1\nfallback: none\n");
    const line = told(
      await user.store("ghcr.io", "me", "hush-hush"),
      "FALLBACK_NONE",
      "ghcr.io",
      "fallback: none",
    );
    assert.doesNotMatch(line, /hush/);
    notFound(await user.get("ghcr.io"));
    silent(await user.erase("ghcr.io"));
    assert.equal((await user.list()).stdout, "{}\n");
    assert.equal(existsSync(join(user.state, "keychain")), false);
  });
});

describe("fallback: NAME", () => {
  const standing = useStanding();
  let alice: User;
  beforeEach(() => {
    alice = standing.user(keys("alice"));
    alice.env["PATH"] = `${alice.home}/bin:${alice.env["PATH"]}`;
    alice.write(configPath, "version: 1\nfallback: stub\n");
  });

  /** Another helper: a script that has its action in $1. */
  function helper(script: string, name = "stub"): void {
    chmodSync(alice.write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`), 0o755);
  }

  const noted = () => readFileSync(join(alice.home, "noted"), "utf8");

  it("passes each call on, as Docker would send it", async () => {
    helper(`printf '%s:' "$*" >>"$HOME/noted"; cat >>"$HOME/noted"; echo >>"$HOME/noted"
      case $1 in get) echo '{"ServerURL":"x","Username":"me","Secret":"s"}';; list) echo '{"ghcr.io":"me"}';; esac`);
    silent(await alice.store("https://ghcr.io", "me", "hush-hush"));
    const answer = { ServerURL: "https://ghcr.io", Username: "me", Secret: "s" };
    assert.deepEqual(JSON.parse((await alice.get("https://ghcr.io\n")).stdout), answer);
    silent(await alice.erase("https://ghcr.io"));
    assert.equal((await alice.list()).stdout, '{"ghcr.io":"me"}\n');
    assert.equal(
      noted(),
      `store:{"ServerURL":"https://ghcr.io","Username":"me","Secret":"hush-hush"}
get:https://ghcr.io
erase:https://ghcr.io
list:unused
`,
    );
  });

  it("does not pass on ECR hosts, and does not list them twice", async () => {
    helper(`echo "$1" >>"$HOME/noted"; [ "$1" != list ] || echo '{"${registry}":"other","ghcr.io":"me"}'`);
    answered(await alice.get(registry), registry);
    silent(await alice.store(registry, "AWS", "made-up"));
    silent(await alice.erase(registry));
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { "ghcr.io": "me", [registry]: "AWS" });
    assert.equal(noted(), "list\n");
  });

  it("passes on its errors unchanged", async () => {
    helper("cat >/dev/null; echo 'pass not initialized: exit status 1'; echo more >&2; exit 3");
    const refusal = { stdout: "pass not initialized: exit status 1\n", stderr: "more\n", exitCode: 1 };
    for (const ran of [
      await alice.get(hub),
      await alice.store(hub, "me", "hush-hush"),
      await alice.erase(hub),
    ]) {
      assert.deepEqual({ stdout: ran.stdout, stderr: ran.stderr, exitCode: ran.exitCode }, refusal);
    }
    assert.equal((await alice.list()).stdout, "{}\n");
    assert.match(logOf(alice), /not listed: pass not initialized/);
  });

  it("passes on an error without a line end", async () => {
    helper("printf 'no passphrase'; printf 'gpg says why' >&2; exit 1");
    const { stdout, stderr } = await alice.get(hub);
    assert.deepEqual([stdout, stderr], ["no passphrase\n", "gpg says why\n"]);
  });

  it("passes on 'not found', which is not an error for a logout", async () => {
    helper(`cat >/dev/null; echo '${notFoundText}'; exit 1`);
    notFound(await alice.get(hub));
    silent(await alice.erase(hub));
  });

  it("prints nothing on stderr after success", async () => {
    helper(`echo warning >&2; echo '{"ServerURL":"x","Username":"me","Secret":"s"}'`);
    const { stderr, exitCode } = await alice.get(hub);
    assert.deepEqual({ stderr, exitCode }, { stderr: "", exitCode: 0 });
  });

  it("does not repeat an invalid response", async () => {
    helper("echo hush-hush");
    assert.doesNotMatch(told(await alice.get(hub), "FALLBACK_ANSWER", "docker-credential-stub"), /hush/);
  });

  it("removes variables that would load code into the helper", async () => {
    helper(`env >"$HOME/noted"; echo '{}'`);
    await alice.list({ env: { BUN_INSPECT_NOTIFY: "x" } });
    assert.match(noted(), /^HOME=/m);
    assert.doesNotMatch(noted(), /^BUN_/m);
  });

  it("reports a missing helper, because it may have logins", async () => {
    for (const ran of [await alice.get(hub), await alice.store(hub, "me", "s"), await alice.erase(hub)]) {
      told(ran, "FALLBACK_MISSING", "docker-credential-stub", "PATH");
    }
    answered(await alice.get(registry), registry);
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [registry]: "AWS" });
  });

  it("is not searched in the working directory", async () => {
    helper(`touch "$HOME/sprung"`);
    for (const path of [".", "", "bin", "/usr/bin:"]) {
      const options = { cwd: join(alice.home, "bin"), env: { PATH: path } };
      told(await alice.get(hub, options), "FALLBACK_MISSING");
    }
    assert.equal(existsSync(join(alice.home, "sprung")), false);
  });

  it("is never this program itself, under any name", async () => {
    mkdirSync(join(alice.home, "bin"));
    symlinkSync(programPath(), join(alice.home, "bin/docker-credential-stub"));
    told(await alice.get(hub), "FALLBACK_ITSELF");
    told(await alice.store(hub, "me", "s"), "FALLBACK_ITSELF");
  });

  it("must not call this program back", async () => {
    helper(`exec ${programPath()} "$1"`);
    const ran = await alice.get(hub);
    assert.match(ran.stdout, /\[FALLBACK_ITSELF\]\n$/);
    assert.equal(ran.exitCode, 1);
  });

  it("that refuses with a reason only on its stderr: clients get it on stdout too", async () => {
    helper("echo 'gpg: the key is locked' >&2; exit 1");
    for (const ran of [await alice.get(hub), await alice.store(hub, "me", "s"), await alice.erase(hub)])
      assert.deepEqual(
        { stdout: ran.stdout, stderr: ran.stderr, exitCode: ran.exitCode },
        { stdout: "gpg: the key is locked\n", stderr: "gpg: the key is locked\n", exitCode: 1 },
      );
  });

  it("is not used if the config is invalid", async () => {
    helper("exit 0");
    alice.write(configPath, "version: 1\nfallback: [\n");
    told(await alice.get(hub), "CONFIG_SYNTAX", "config.yaml");
    told(await alice.store(hub, "me", "hush-hush"), "CONFIG_SYNTAX", "config.yaml");
    assert.ok(
      !existsSync(join(alice.state, "keychain")) || readdirSync(join(alice.state, "keychain")).length === 0,
    );
  });
});

import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { useKeyring } from "../support/keyring/use-keyring.ts";
import { DockerConfig } from "../support/program/docker-config.ts";
import { sameAsGolden } from "../support/program/golden.ts";
import { registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { atTerminal } from "../support/program/terminal.ts";
import type { User } from "../support/program/user.ts";
import { notFound } from "../support/program/verdicts.ts";

const hub = "https://index.docker.io/v1/";
const configPath = ".config/docker-credential-ecr/config.yaml";
const auth = (text: string) => ({ auth: btoa(text) });
const secrets = ["hush-one", "hush-two", "hush-three", "hush-token"];
const tokenOf = (expiresAt: number) =>
  auth(`AWS:${btoa(JSON.stringify({ payload: "x", expiration: Math.floor(expiresAt / 1000) }))}`);

/** Every kind of login that can be moved, and one that Docker reads from nowhere else. */
const auths = {
  [hub]: auth("me:hush-one"),
  "ghcr.io": { ...auth("me:hush-two"), email: "me@example.com" },
  "https://registry.example.com:5000/v2/": auth("me:hush-three"),
  "tokens.example.com": { identitytoken: "hush-token" },
};
const moved: Record<string, [string, string]> = {
  [hub]: ["me", "hush-one"],
  "ghcr.io": ["me", "hush-two"],
  "registry.example.com:5000": ["me", "hush-three"],
  "tokens.example.com": ["<token>", "hush-token"],
};
const text = `${JSON.stringify({ psFormat: "x", auths }, null, "\t")}\n`;

describe("configure-docker --import", () => {
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;
  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
    user.write(configPath, "version: 1\nfallback: file\n");
  });

  const backup = () => `${docker.path}.before-ecr`;

  /** What the program answers for a server: username and secret. */
  async function heldFor(server: string): Promise<[string, string] | undefined> {
    const { stdout, exitCode } = await user.get(server);
    if (exitCode !== 0) return undefined;
    const { Username, Secret } = JSON.parse(stdout);
    return [Username, Secret];
  }

  async function assertMoved(): Promise<void> {
    for (const [server, login] of Object.entries(moved))
      assert.deepEqual(await heldFor(server), login, server);
    const written = JSON.stringify(snapshot(user.home));
    for (const secret of [...secrets, ...secrets.map((each) => btoa(`me:${each}`))])
      assert.ok(!written.includes(secret), secret);
  }

  it("imports all logins, leaves none in plain text, not even in the backup, and --undo exports them", async () => {
    docker.write(text);
    const shown = await docker.configure(["--import"]);
    assert.match(shown, /now uses this helper for all registries\nmoved to encrypted files: /);
    await assertMoved();
    assert.equal(docker.json.credsStore, "ecr");
    assert.deepEqual(docker.json.auths["ghcr.io"], { email: "me@example.com" });
    assert.equal(modeOf(backup()), "0600");

    assert.match(await docker.configure(["--undo"]), /in plain text.*\n( {2}\S+\n){4}/);
    assert.deepEqual(docker.json, JSON.parse(text));
    assert.equal(existsSync(backup()), false);
    assert.equal((await user.list()).stdout, "{}\n");
  });

  it("restores every byte of a file in the style of other programs", async () => {
    const odd = String.raw`{ "n":9007199254740993,"auths" :{"ghcr.io":{"x":1e400 , "\u0061uth":"bWU6aHVzaC10d28=","y":[-0,1.0]},
      "q.example":{"auth":"bWU6a\u0048VzaC10d28=\n"}},"z":1E5}`;
    docker.write(odd);
    await docker.configure(["--import"]);
    const written = `{ "n":9007199254740993,"auths" :{"ghcr.io":{"x":1e400,"y":[-0,1.0]},
      "q.example":{}},"z":1E5,\n      "credsStore": "ecr"}`;
    assert.equal(docker.text, written);
    assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-two"]);
    await docker.configure(["--undo"]);
    assert.equal(docker.text, odd);
  });

  it("imports the entry that Docker uses of two for one server, and refuses ambiguous ones", async () => {
    const two = { "https://ghcr.io/v1/": auth("me:hush-one"), "ghcr.io": auth("me:hush-two") };
    docker.write(JSON.stringify({ auths: two }));
    const shown = await docker.configure(["--import"]);
    assert.match(shown, /^not changed: https:\/\/ghcr\.io\/v1\/: Docker uses the entry/m);
    assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-two"]);
    await docker.configure(["--undo"]);
    assert.deepEqual(docker.json, { auths: two });

    const guess = { "https://ghcr.io/v1/": auth("me:hush-one"), "http://ghcr.io": auth("me:hush-two") };
    docker.write(JSON.stringify({ auths: guess }));
    const stderr = await docker.refuses(["--import"], "DOCKER_CONFIG_TAKEN", "http://ghcr.io:");
    assert.doesNotMatch(stderr, /with --import/);
    notFound(await user.get("ghcr.io"));
    docker.write(JSON.stringify({ auths: { "https://ghcr.io/v1/": auth("me:hush-one") } }));
    await docker.configure(["--import"]);
    assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-one"]);
  });

  it("shows the changes with --dry-run, and changes nothing", async () => {
    docker.write(text);
    const before = snapshot(user.home);
    const shown = await docker.configure(["--import", "--dry-run"]);
    assert.match(shown, /^\+.*"credsStore": "ecr"$/m);
    assert.match(shown, /^would be moved to encrypted files: https:\/\/index/m);
    for (const secret of secrets) assert.ok(!shown.includes(secret) && !shown.includes(btoa(`me:${secret}`)));
    assert.deepEqual(snapshot(user.home), before);
  });

  it("shows neither a login in a key of auths nor its control characters", async () => {
    const odd = {
      "https://me:hush-one@ghcr.io": auth("me:hush-two"),
      "x\u001b[2Jy\u202e": auth("me:hush-two"),
    };
    docker.write(JSON.stringify({ auths: odd }));
    for (const args of [["--import", "--dry-run"], ["--import"], ["--undo", "--dry-run"], ["--undo"]]) {
      const shown = await docker.configure(args);
      assert.doesNotMatch(shown, /hush|[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
      if (args[1] === undefined && args[0] === "--import")
        assert.match(shown, /\[redacted\]@ghcr\.io: its key/);
    }
    await docker.configure(["--import", "--replace"]);
  });

  it("fits a screen", async () => {
    docker.write(text);
    const shown = await atTerminal(user, ["configure-docker", "--import", "--dry-run"]);
    sameAsGolden(shown.screen, "configure-docker-import-dry-run", user);
    const { screen, exitCode } = await atTerminal(user, ["configure-docker", "--import"]);
    assert.equal(exitCode, 0);
    sameAsGolden(screen, "configure-docker-import", user);
  });

  it("loses no login if it is killed at any point, and succeeds when it is run again", async function () {
    this.timeout(300_000);
    docker.write(text);
    const whole = user.start(["configure-docker", "--import"]);
    const { tookMs } = await whole.ended;
    const stages = new Set<string>();
    for (let step = 0; step < 20; step++) {
      rmSync(user.state, { recursive: true, force: true });
      rmSync(join(user.home, ".docker"), { recursive: true, force: true });
      docker.write(text);
      const running = user.start(["configure-docker", "--import"]);
      await Bun.sleep((tookMs * step) / 18);
      running.kill("SIGKILL");
      await running.ended;
      const inFile = docker.text === text;
      const kept = JSON.parse((await user.list()).stdout);
      stages.add(`${inFile ? "in the file" : "moved"}, ${Object.keys(kept).length} kept`);
      if (!inFile) {
        await assertMoved();
        continue;
      }
      if (step % 6 > 0) continue;
      await docker.configure(["--import"]);
      await assertMoved();
    }
    assert.ok(stages.size > 1, [...stages].join("; "));
  });

  it("removes and reports ECR tokens, and restores valid ones", async () => {
    const now = Date.now();
    const before = {
      auths: { [registry]: tokenOf(now + 3_600_000), [westRegistry]: tokenOf(now - 3_600_000) },
    };
    docker.write(JSON.stringify(before));
    const shown = await docker.configure(["--import"]);
    assert.match(shown, new RegExp(`^removed: a token for ${registry} \\(valid for \\d+m\\)`, "m"));
    assert.match(shown, new RegExp(`^removed: a token for ${westRegistry} \\(expired 1h 0m ago\\)`, "m"));
    assert.deepEqual(docker.json.auths, { [registry]: {}, [westRegistry]: {} });
    await docker.configure(["--undo"]);
    assert.deepEqual(docker.json.auths, { [registry]: before.auths[registry], [westRegistry]: {} });
  });

  it("skips malformed logins with a reason, and refuses to hide a registry token", async () => {
    const odd = { "a.example": { auth: "%%" }, "b.example": auth("me:"), "c d": auth("me:x") };
    docker.write(JSON.stringify({ auths: { ...odd, "ghcr.io": auth("me:hush-one") } }));
    const shown = await docker.configure(["--import"]);
    assert.equal(shown.match(/^not changed: (a\.example|b\.example|c d): .+$/gm)?.length, 3);
    assert.deepEqual(docker.json.auths, { ...odd, "ghcr.io": {} });
    await docker.configure(["--undo"]);
    docker.write(JSON.stringify({ auths: { "ghcr.io": auth("me:x"), "r.example": { registrytoken: "t" } } }));
    await docker.refuses(["--import"], "DOCKER_CONFIG_TAKEN", "r.example");
    notFound(await user.get("ghcr.io"));
  });

  it("does not replace a stored login without permission", async () => {
    await user.store("ghcr.io", "me", "hush-kept");
    docker.write(JSON.stringify({ auths: { "ghcr.io": auth("me:hush-file") } }));
    await docker.refuses(["--import"], "DOCKER_CONFIG_TAKEN", "ghcr.io");
    assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-kept"]);
    await docker.configure(["--import", "--replace"]);
    assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-file"]);
  });

  it("refuses without a store for logins, and changes nothing", async () => {
    user.write(configPath, "version: 1\nfallback: none\n");
    docker.write(text);
    await docker.refuses(["--import"], "FALLBACK_NONE", "nothing was removed");
    user.write(configPath, "version: 1\nfallback: [\n");
    await docker.refuses(["--import"], "CONFIG_SYNTAX");
  });

  describe("with another helper", () => {
    /** A helper that keeps its logins in a file; a server named "locked" it can't open. */
    function helper(name: string, logins: Record<string, string>): void {
      user.env["PATH"] = `${user.home}/bin:/usr/bin:/bin`;
      const list = JSON.stringify(Object.fromEntries(Object.keys(logins).map((server) => [server, "me"])));
      const cases = Object.entries(logins).map(
        ([server, secret]) =>
          `${server}) echo '{"ServerURL":"${server}","Username":"me","Secret":"${secret}"}';;`,
      );
      const script = `#!/bin/sh
case $1 in
  list) echo '${list}';;
  get) read -r server || true; case $server in locked) echo 'no gpg key'; exit 1;; ${cases.join(" ")} *) exit 1;; esac;;
  *) exit 1;;
esac
`;
      chmodSync(user.write(`bin/docker-credential-${name}`, script), 0o755);
    }

    it("imports its logins too, and does not erase them there", async () => {
      helper("stub", { "ghcr.io": "hush-stub", [registry]: "x" });
      docker.write(JSON.stringify({ credsStore: "stub" }));
      await docker.refuses(["--import"], "DOCKER_CONFIG_TAKEN", "stub", "--replace");
      notFound(await user.get("ghcr.io"));
      await docker.configure(["--import", "--replace"]);
      assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-stub"]);
      assert.equal(docker.text, '{"credsStore":"ecr"}');
      await docker.configure(["--undo"]);
      assert.equal(docker.text, '{"credsStore":"stub"}');
    });

    it("imports them also after it was replaced", async () => {
      helper("stub", { "ghcr.io": "hush-stub" });
      docker.write(JSON.stringify({ credsStore: "stub" }));
      await docker.configure(["--all", "--replace"]);
      await docker.configure(["--import"]);
      assert.deepEqual(await heldFor("ghcr.io"), ["me", "hush-stub"]);
    });

    it("changes nothing if it can't list all logins", async () => {
      helper("stub", { "ghcr.io": "hush-stub", locked: "" });
      docker.write(JSON.stringify({ credsStore: "stub" }));
      await docker.refuses(
        ["--import", "--replace"],
        "IMPORT_SOURCE",
        "docker-credential-stub",
        "no gpg key",
      );
      docker.write(JSON.stringify({ credsStore: "gone" }));
      await docker.refuses(["--import", "--replace"], "IMPORT_SOURCE", "not on the PATH");
      notFound(await user.get("ghcr.io"));
    });
  });

  describe("--export", () => {
    beforeEach(async () => {
      docker.write(text);
      await docker.configure(["--import"]);
      await user.store("later.example.com", "me", "hush-later");
    });

    it("writes all stored logins, 0600, and removes this helper", async () => {
      chmodSync(docker.path, 0o644);
      assert.match(await docker.configure(["--export"]), /plain text/);
      const expected = { ...JSON.parse(text).auths, "later.example.com": auth("me:hush-later") };
      assert.deepEqual(docker.json, { psFormat: "x", auths: expected });
      assert.equal(modeOf(docker.path), "0600");
      assert.equal((await user.list()).stdout, "{}\n");
    });

    it("warns at a terminal, and writes nothing after a no", async () => {
      const before = snapshot(user.home);
      const { screen, exitCode } = await atTerminal(user, ["configure-docker", "--export"], [""]);
      assert.equal(exitCode, 1);
      sameAsGolden(screen, "configure-docker-export", user);
      assert.deepEqual(snapshot(user.home), before);
      assert.equal((await atTerminal(user, ["configure-docker", "--export"], ["y"])).exitCode, 0);
      assert.deepEqual(docker.json.auths["later.example.com"], auth("me:hush-later"));
    });

    it("loses no login if it is killed at any point", async function () {
      this.timeout(120_000);
      const { tookMs } = await user.run(["configure-docker", "--export", "--dry-run"]);
      for (let step = 1; step < 8; step++) {
        const running = user.start(["configure-docker", "--export"]);
        await Bun.sleep((tookMs * step) / 6);
        running.kill("SIGKILL");
        await running.ended;
        for (const [server, login] of Object.entries(moved)) {
          const key = Object.keys(auths).find((each) => each.includes(server)) ?? "";
          const inFile = Object.keys(docker.json.auths[key] ?? {}).some((name) => /auth|token/.test(name));
          assert.ok(inFile || (await heldFor(server))?.join() === login.join(), server);
        }
      }
      await docker.configure(["--export"]);
      assert.deepEqual(docker.json.auths[hub], auths[hub]);
    });
  });

  it("--undo with --leave-logins keeps the logins in the store", async () => {
    docker.write(text);
    await docker.configure(["--import"]);
    await docker.configure(["--undo", "--leave-logins"]);
    assert.equal(docker.json.credsStore, undefined);
    assert.deepEqual(await heldFor("ghcr.io"), moved["ghcr.io"]);
  });
});

describe("configure-docker --import with a keychain", () => {
  const standing = useStanding();
  const keyring = useKeyring();

  it("imports into it and exports from it; a locked one changes nothing", async () => {
    const user = standing.user(keyring().env);
    const docker = new DockerConfig(user);
    docker.write(text);
    assert.match(await docker.configure(["--import"]), /^moved to the keychain: /m);
    assert.ok(!JSON.stringify(snapshot(user.home)).includes("hush"));
    keyring().lock();
    await docker.refuses(["--undo"], "EXPORT_UNREADABLE", "locked", "--leave-logins");
    await keyring().unlock();
    await docker.configure(["--undo"]);
    assert.deepEqual(docker.json, JSON.parse(text));
    keyring().lock();
    await docker.refuses(["--import"], "KEYCHAIN_LOCKED", "nothing was removed");
    assert.deepEqual(readdirSync(join(user.home, ".docker")), ["config.json"]);
    assert.equal(readFileSync(docker.path, "utf8"), docker.text);
  });
});

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KeyText } from "../../src/store/encryption/key-file.ts";
import { parseJsonWithChecksum } from "../../src/token/checksum.ts";
import { useKeyring } from "../support/keyring/use-keyring.ts";
import { commands } from "../support/program/commands.ts";
import { keys, publicRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { amend, everythingIn, logOf, snapshot, tokenFile } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, silent } from "../support/program/verdicts.ts";

const configPath = ".config/docker-credential-ecr/config.yaml";
/** The beginning of a password of ECR's form, and of the token that holds it. */
const secretsOfEcr = /eyJwYXlsb2Fk|QVdTOm/;

describe("store: keychain", () => {
  const standing = useStanding();
  const keyring = useKeyring();
  let alice: User;
  let run: string;
  beforeEach(() => {
    // As systemd gives every user one: on a memory file system.
    run = mkdtempSync("/dev/shm/ecr-run-");
    alice = standing.user({ ...keys("alice"), ...keyring().env, XDG_RUNTIME_DIR: run });
    alice.write(configPath, "version: 1\nstore: keychain\n");
  });
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  /** Without that folder, as a process of another session: it has to ask the keychain. */
  const elsewhere = { env: { XDG_RUNTIME_DIR: undefined } };
  const write = (text: string) => alice.write(configPath, `version: 1\n${text}`);

  const secretOf = ({ stdout }: { stdout: string }): string => JSON.parse(stdout).Secret;
  /** Of ECR's form, as far as a search for it goes. */
  const login = "eyJwYXlsb2Fk-made-up";

  function nothingPlain(): void {
    for (const [path, content] of Object.entries({ ...snapshot(alice.home), ...snapshot(run) })) {
      assert.doesNotMatch(content, secretsOfEcr, path);
    }
  }

  it("serves warm gets from encrypted files, with one request to the keychain", async () => {
    const secret = answered(await alice.get(registry), registry);
    nothingPlain();
    await keyring().kill();
    for (const _ of [1, 2]) assert.equal(answered(await alice.get(registry), registry), secret);
    answered(await alice.get(westRegistry), westRegistry);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    nothingPlain();
  });

  it("writes nothing at a warm get, with the key in memory or without", async () => {
    const secret = answered(await alice.get(registry), registry);
    const tokens = () =>
      JSON.stringify([snapshot(alice.state, "tokens"), snapshot(alice.state, "authorizations")]);
    const before = tokens();
    for (const options of [{}, elsewhere]) {
      assert.equal(answered(await alice.get(registry, options), registry), secret);
      assert.equal(tokens(), before);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    assert.equal(logOf(alice), "");
  });

  it("stores the key only in the keychain without a tmpfs", async () => {
    const disk = join(alice.home, "run");
    const options = { env: { XDG_RUNTIME_DIR: disk } };
    alice.write("run/x", "");
    const secret = answered(await alice.get(registry, options), registry);
    assert.equal(answered(await alice.get(registry, options), registry), secret);
    assert.deepEqual(readdirSync(disk), ["x"]);
    assert.equal(existsSync(join(alice.state, "keys")), false);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("fetches a new token if the key is lost, without a message to Docker", async () => {
    const first = answered(await alice.get(registry), registry);
    rmSync(join(run, "docker-credential-ecr"), { recursive: true });
    await keyring().clear();
    await keyring().unlock();
    const second = answered(await alice.get(registry), registry);
    assert.notEqual(second, first);
    assert.equal(answered(await alice.get(registry), registry), second);
    assert.match(logOf(alice), /encrypted with another key/);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    nothingPlain();
  });

  for (const [what, impair] of [
    ["locked", () => keyring().lock()],
    ["gone", () => keyring().kill()],
  ] as const) {
    it(`fetches a new token if the keychain is ${what}, writes nothing, and logs it`, async () => {
      const first = answered(await alice.get(registry), registry);
      const before = readFileSync(tokenFile(alice, registry), "utf8");
      await impair();
      const second = answered(await alice.get(registry, elsewhere), registry);
      assert.notEqual(second, first);
      assert.equal(readFileSync(tokenFile(alice, registry), "utf8"), before);
      assert.match(
        logOf(alice),
        /^.*ECR tokens can't be stored: .*\[KEYCHAIN_(LOCKED|UNREACHABLE)\]\n$/,
        "once",
      );
      nothingPlain();
      assert.equal(answered(await alice.get(registry), registry), first, "where the key lies in memory");
    });
  }

  it("ends in time if D-Bus does not respond, and retries once a minute", async function () {
    this.timeout(120_000);
    keyring().hang();
    const hosts = [registry, westRegistry];
    for (const first of await Promise.all(hosts.map((host) => alice.get(host)))) {
      assert.equal(first.exitCode, 0, first.stderr);
      assert.ok(first.tookMs < 7_500, `${first.tookMs} ms: the other's wait came first`);
    }
    const second = await alice.get(registry);
    answered(second, registry);
    assert.ok(second.tookMs < 3_000, `${second.tookMs} ms`);
    nothingPlain();
  });

  it("encrypts existing tokens at the next get, without calling AWS", async () => {
    write("store: file\n");
    const secret = answered(await alice.get(registry), registry);
    silent(await alice.store(publicRegistry, "AWS", login));
    assert.throws(nothingPlain);
    write("store: keychain\n");
    assert.equal(answered(await alice.get(registry), registry), secret);
    nothingPlain();
    assert.equal(secretOf(await alice.get(publicRegistry)), login);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("returns a valid token without a keychain and AWS", async () => {
    write("store: file\n");
    const secret = answered(await alice.get(registry), registry);
    write("store: keychain\n");
    await keyring().kill();
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(registry), registry), secret);
    nothingPlain();
  });

  it("can be turned off without a trace: tokens are plain again, the keychain is empty", async () => {
    const secret = answered(await alice.get(registry), registry);
    write("");
    assert.equal(answered(await alice.get(registry), registry), secret);
    assert.match(readFileSync(tokenFile(alice, registry), "utf8"), /^secret "/m);
    assert.equal(existsSync(join(run, "docker-credential-ecr/token-key.json")), false);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    await keyring().kill();
    assert.equal(answered(await alice.get(registry, elsewhere), registry), secret);
  });

  it("stays in force while config.yaml is invalid", async () => {
    const secret = answered(await alice.get(registry), registry);
    write("store: [\n");
    assert.equal(answered(await alice.get(registry), registry), secret);
    silent(await alice.store(westRegistry, "AWS", login));
    assert.equal(secretOf(await alice.get(westRegistry)), login);
    nothingPlain();
  });

  it("supports explicit logins, logout and list", async () => {
    silent(await alice.store(registry, "AWS", login));
    nothingPlain();
    for (const options of [{}, elsewhere]) assert.equal(secretOf(await alice.get(registry, options)), login);
    assert.equal(standing.calls(), 0);
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [registry]: "AWS" });
    silent(await alice.erase(registry));
    assert.notEqual(secretOf(await alice.get(registry)), login);
  });

  it("names on stderr a login that a locked keychain hides, after a change to store: file", async () => {
    silent(await alice.store(registry, "AWS", login));
    keyring().lock();
    write("store: file\n");
    for (const at of [1, 2]) {
      const ran = await alice.get(registry, elsewhere);
      assert.equal(ran.exitCode, 0, ran.stderr);
      assert.notEqual(secretOf(ran), login);
      assert.match(
        ran.stderr,
        /^docker-credential-ecr: the docker login to \S+ can't be read, so the token of .* is used: .*\[KEYCHAIN_LOCKED\]\n$/,
        `get ${at}`,
      );
      assert.doesNotMatch(ran.stderr, /set "store: file"/);
    }
    const lines = logOf(alice);
    answered(await alice.get(westRegistry, elsewhere), westRegistry);
    assert.equal(logOf(alice), lines, "a get of another registry repeats nothing");
  });

  it("does not decrypt a file that was moved to another path", async () => {
    const secret = answered(await alice.get(registry), registry);
    answered(await alice.get(westRegistry), westRegistry);
    copyFileSync(tokenFile(alice, westRegistry), tokenFile(alice, registry));
    amend(tokenFile(alice, registry), (text) => text.replaceAll(westRegistry, registry));
    assert.equal(answered(await alice.get(registry), registry), secret, "from the authorization's");
    assert.match(logOf(alice), /STATE_FILE .*changed or moved/);
  });

  it("is shared by the daemon and many concurrent gets", async () => {
    write(`store: keychain\nregistries:\n  - { account: "111122223333", regions: [us-east-1] }\n`);
    const passed = await alice.run(["daemon", "--once"]);
    assert.equal(passed.exitCode, 0, passed.stderr);
    nothingPlain();
    const secrets = await Promise.all(
      Array.from({ length: 10 }, async () => answered(await alice.get(registry), registry)),
    );
    assert.equal(new Set(secrets).size, 1);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    assert.match((await alice.run(["status"])).stdout, /12h|11h/);
  });

  it("makes a daemon without a keychain report it without calling AWS", async () => {
    write(`store: keychain\nregistries:\n  - { account: "111122223333", regions: [us-east-1] }\n`);
    await keyring().kill();
    const passed = await alice.run(["daemon", "--once"]);
    assert.equal(passed.exitCode, 1);
    assert.match(passed.stderr, /can't be stored.*\[KEYCHAIN_UNREACHABLE\]/);
    assert.match(
      (await alice.run(["status"])).stdout,
      /^ECR tokens can't be stored: .*\[KEYCHAIN_UNREACHABLE\]$/m,
    );
    assert.equal(standing.calls(), 0);
    answered(await alice.get(registry), registry);
    nothingPlain();
  });

  it("leaves no secret or key in any file, log, error, argument or environment", async () => {
    const seen: string[] = [];
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        seen.push(...commands());
        await Bun.sleep(1);
      }
    };
    const looking = look();
    const said: string[] = [];
    const note = ({ stdout, stderr }: { stdout: string; stderr: string }) => said.push(stdout, stderr);
    const secret = answered(await alice.get(registry), registry);
    answered(await alice.get(registry, elsewhere), registry);
    note(await alice.run(["refresh", "--force"]));
    note(await alice.run(["status"]));
    note(await alice.run(["registries"]));
    note(await alice.run(["doctor", registry]));
    keyring().lock();
    note(await alice.store(westRegistry, "AWS", secret, elsewhere));
    note(await alice.run(["refresh", "--force"], elsewhere));
    note(await alice.run(["daemon", "--once"], elsewhere));
    isOver = true;
    await looking;
    const keyFile = readFileSync(join(run, "docker-credential-ecr/token-key.json"), "utf8");
    const { key } = parseJsonWithChecksum(keyFile) as KeyText;
    const told = [...said, ...seen, ...everythingWritten(alice.home)].join("\n");
    assert.ok(seen.some((text) => text.includes("keychain-process")));
    assert.ok(!told.includes(key));
    assert.doesNotMatch(told, secretsOfEcr);
    assert.ok(said.some((text) => text.includes("KEYCHAIN_LOCKED")));
  });
});

function everythingWritten(home: string): string[] {
  return everythingIn(home).flatMap((path) => {
    try {
      return [readFileSync(path, "latin1")];
    } catch {
      return [];
    }
  });
}

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { useKeyring } from "../support/keyring/use-keyring.ts";
import { aliceKeeps, endDaemon, keeper, passNow } from "../support/program/keeping.ts";
import { keys, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, silent, told } from "../support/program/verdicts.ts";

describe("store: keychain, as the key changes or the keychain comes back", () => {
  const standing = useStanding();
  const keyring = useKeyring();
  let runs: string[];
  beforeEach(() => {
    runs = [];
  });
  afterEach(() => {
    for (const run of runs) rmSync(run, { recursive: true, force: true });
  });

  /** What a login to the machine brings: the keychain, and a folder on a memory file system. */
  function session(): Record<string, string> {
    const run = mkdtempSync("/dev/shm/ecr-run-");
    runs.push(run);
    return { ...keyring().env, XDG_RUNTIME_DIR: run };
  }

  function alice(): User {
    const user = standing.user({ ...keys("alice"), ...session() });
    user.write(configPath, "version: 1\nstore: keychain\n");
    return user;
  }

  async function loseKey(...cached: readonly string[]): Promise<void> {
    for (const run of cached) rmSync(join(run, "docker-credential-ecr"), { recursive: true });
    await keyring().clear();
    await keyring().unlock();
  }

  it("two sessions with different keys agree on one", async () => {
    const user = alice();
    answered(await user.get(registry), registry);
    await loseKey();
    const other = { env: session() };
    const secret = answered(await user.get(registry, other), registry);
    for (const options of [{}, other, {}, other]) {
      assert.equal(answered(await user.get(registry, options), registry), secret);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("a daemon that started with the previous key writes tokens that gets can read", async () => {
    const env = session();
    const user = keeper(standing, `${aliceKeeps("111122223333")}store: keychain\n`);
    const daemon = user.start(["daemon"], { env });
    await passNow(user, daemon);
    const first = answered(await user.get(registry, { env }), registry);
    await loseKey(env.XDG_RUNTIME_DIR ?? "");
    const second = answered(await user.get(registry, { env }), registry);
    assert.notEqual(second, first);
    for (const _ of [1, 2]) {
      await passNow(user, daemon);
      assert.equal(answered(await user.get(registry, { env }), registry), second);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 2);
    await endDaemon(daemon);
  });

  it("docker login and refresh use a keychain at once that was started after a failure", async () => {
    const user = alice();
    const login = "made-up login";
    await keyring().kill();
    told(await user.store(westRegistry, "AWS", login), "KEYCHAIN_UNREACHABLE", "start the keychain");
    await keyring().unlock();
    silent(await user.store(westRegistry, "AWS", login));
    await keyring().kill();
    await loseKey(user.env.XDG_RUNTIME_DIR ?? "");
    await keyring().kill();
    answered(await user.get(registry), registry);
    await keyring().unlock();
    const refreshed = await user.run(["refresh", registry]);
    assert.equal(refreshed.exitCode, 0, refreshed.stderr);
  });

  it("a login to ECR that is too long is refused", async () => {
    told(await alice().store(registry, "AWS", "x".repeat(64 * 1024 + 1)), "LOGIN_TOO_LONG", registry);
  });
});

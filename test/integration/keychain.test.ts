import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { delegate } from "../../src/logins/delegate.ts";
import { runOtherHelper } from "../../src/logins/run-helper.ts";
import { KeychainProcess } from "../../src/store/keychain/process.ts";
import { loginsContract } from "../logins/contract.ts";
import { eventually } from "../support/eventually.ts";
import { Keyring } from "../support/keyring/keyring.ts";
import { useKeyring } from "../support/keyring/use-keyring.ts";
import { childrenOf, parentOf } from "../support/program/children.ts";
import { commands } from "../support/program/commands.ts";
import { programPath } from "../support/program/program.ts";
import { slowCase } from "../support/program/slow-cases.ts";
import { keys, OpenStanding, registry, useStanding } from "../support/program/standing.ts";
import { logOf, snapshot } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, notFound, silent, told } from "../support/program/verdicts.ts";

const hub = "https://index.docker.io/v1/";

/** How a get ends whose keychain never answers. */
const hanging = slowCase(async () => {
  const standing = await OpenStanding.start();
  const keyring = new Keyring();
  try {
    await keyring.unlock();
    const alice = standing.user({ ...keys("alice"), ...keyring.env });
    silent(await alice.store(hub, "me", "hush-hush"));
    keyring.hang();
    return await alice.get(hub);
  } finally {
    await keyring.remove();
    await standing.close();
  }
});

describe("logins in the operating system's keychain", () => {
  const standing = useStanding();
  const keyring = useKeyring();
  let alice: User;
  beforeEach(() => {
    alice = standing.user({ ...keys("alice"), ...keyring().env });
  });

  const secretOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout).Secret;
  const waysOut = ["fallback: pass", "fallback: file", "credHelpers"];
  const library = () => join(alice.state, "native");

  loginsContract("the program", () =>
    delegate(async (action, input) => {
      const options = { env: alice.env, self: "", limit: 30_000 };
      return runOtherHelper(programPath(), action, input, options);
    }, "the program"),
  );

  it("serve Docker Hub as well as ECR", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    answered(await alice.get(registry), registry);
    assert.deepEqual(JSON.parse((await alice.get(`${hub}\n`)).stdout), {
      ServerURL: hub,
      Username: "me",
      Secret: "hush-hush",
    });
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [hub]: "me", [registry]: "AWS" });
  });

  it("are not affected by an explicit ECR login and its logout", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    silent(await alice.store(registry, "AWS", "made-up"));
    assert.equal(secretOf(await alice.get(registry)), "made-up");
    silent(await alice.erase(registry));
    answered(await alice.get(registry), registry);
    assert.equal(secretOf(await alice.get(hub)), "hush-hush");
  });

  it("are erased by docker logout, which sends four forms of the URL", async () => {
    silent(await alice.store("ghcr.io", "me", "hush-hush"));
    for (const url of ["ghcr.io", "ghcr.io", "http://ghcr.io", "https://ghcr.io"])
      silent(await alice.erase(url));
    notFound(await alice.get("ghcr.io"));
    assert.equal((await alice.list()).stdout, "{}\n");
  });

  it("are readable in other tools", async function () {
    const tool = Bun.which("secret-tool", { PATH: "/usr/bin:/bin" });
    if (tool === null && process.env.CI !== "true") this.skip();
    silent(await alice.store(hub, "me", "hush-hush"));
    const command = [tool ?? "", "search", "service", "docker-credential-ecr", "username", hub];
    const shown = Bun.spawnSync(command, { env: alice.env });
    assert.match(
      shown.stdout.toString(),
      /label = keyring:https:\/\/index\.docker\.io\/v1\/@docker-credential-ecr/,
    );
  });

  it("load the keychain library only if it may have entries", async () => {
    notFound(await alice.get(hub));
    silent(await alice.erase(hub));
    assert.equal((await alice.list()).stdout, "{}\n");
    answered(await alice.get(registry), registry);
    answered(await alice.get(registry), registry);
    assert.equal(existsSync(library()), false);
    silent(await alice.store(hub, "me", "hush-hush"));
    assert.equal(readdirSync(library()).length, 1);
  });

  it("use the user's systemd bus without a variable", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    for (const DBUS_SESSION_BUS_ADDRESS of [undefined, ""]) {
      const env = { ...keyring().runtimeEnv, DBUS_SESSION_BUS_ADDRESS };
      assert.equal(secretOf(await alice.get(hub, { env })), "hush-hush");
    }
  });

  it("need no temporary folder, which is often mounted noexec", async () => {
    const env = { TMPDIR: "/nonexistent" };
    silent(await alice.store(hub, "me", "hush-hush", { env }));
    assert.equal(secretOf(await alice.get(hub, { env })), "hush-hush");
  });

  it("survive the end of the keyring daemon and of the session", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    await keyring().kill();
    told(await alice.get(hub), "KEYCHAIN_UNREACHABLE", hub, "no Secret Service");
    await keyring().unlock();
    assert.equal(secretOf(await alice.get(hub)), "hush-hush");
  });

  it("in a locked keyring are reported, and block neither ECR nor anonymous pulls", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    keyring().lock();
    told(await alice.get(hub), "KEYCHAIN_LOCKED", hub, "locked");
    told(await alice.erase(hub), "KEYCHAIN_LOCKED", hub);
    told(await alice.store(hub, "you", "other"), "KEYCHAIN_LOCKED", hub, ...waysOut);
    told(await alice.store("ghcr.io", "you", "other"), "KEYCHAIN_LOCKED", "ghcr.io", ...waysOut);
    notFound(await alice.get("ghcr.io"));
    answered(await alice.get(registry), registry);
    assert.deepEqual(JSON.parse((await alice.list()).stdout), { [registry]: "AWS" });
    assert.match(logOf(alice), /KEYCHAIN_LOCKED/);
    await keyring().unlock();
    assert.equal(secretOf(await alice.get(hub)), "hush-hush");
  });

  it("survive a keyring daemon that is killed during a request", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    for (const ask of [
      () => alice.get(hub),
      () => alice.store(hub, "you", "other"),
      () => alice.erase(hub),
    ]) {
      keyring().freeze();
      const provider = ask();
      await eventually("the question", () => commands().some((each) => each.includes("keychain-process")));
      await keyring().kill();
      told(await provider, "KEYCHAIN_UNREACHABLE", hub);
      await keyring().unlock();
      assert.equal(secretOf(await alice.get(hub)), "hush-hush");
    }
  });

  it("that were removed from the keychain are not found", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    const { env, state } = alice;
    const command = [programPath()];
    await new KeychainProcess({ command, env, state, limit: 30_000 }).remove(hub);
    notFound(await alice.get(hub));
    assert.equal((await alice.list()).stdout, "{}\n");
  });

  it("end in time if D-Bus does not respond", async function () {
    this.timeout(120_000);
    told(await hanging(), "KEYCHAIN_TIMEOUT", hub, "seconds");
    assert.ok((await hanging()).tookMs < 20_000);
  });

  it("leave no process waiting for D-Bus after a kill", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    keyring().hang();
    const provider = alice.start(["get"], { input: hub });
    const waiting = await eventually("the requesting process", () => childrenOf(provider.pid)[0]);
    await eventually("its library", () => readFileSync(`/proc/${waiting}/maps`, "utf8").includes("/native/"));
    provider.kill("SIGKILL");
    await provider.ended;
    await eventually("its end", () => parentOf(waiting) === undefined);
  });

  it("are in no file, no error and no log", async () => {
    silent(await alice.store(hub, "me", "hush-hush"));
    keyring().lock();
    const said = [await alice.get(hub), await alice.store("ghcr.io", "me", "hush-hush"), await alice.list()];
    const written = JSON.stringify(snapshot(alice.home));
    assert.doesNotMatch(JSON.stringify(said) + written, /hush/);
  });

  it("are in no arguments or environment of any process", async () => {
    const secret = "hush-hush".repeat(10);
    const seen: string[] = [];
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        seen.push(...commands());
        await Bun.sleep(1);
      }
    };
    const looking = look();
    for (const _ of [1, 2, 3]) {
      silent(await alice.store(hub, "me", secret));
      assert.equal(secretOf(await alice.get(hub)), secret);
    }
    isOver = true;
    await looking;
    assert.ok(
      seen.some((text) => text.includes("keychain-process")),
      "the requesting process was found",
    );
    assert.ok(!seen.some((text) => text.includes("hush-hush")));
  });
});

describe("without a keychain", () => {
  const standing = useStanding();
  // Elsewhere there always is one, the tester's own.
  before(function () {
    if (process.platform !== "linux") this.skip();
  });

  for (const [what, env] of [
    ["no D-Bus session", {}],
    ["a D-Bus session that no longer exists", { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" }],
  ] as const) {
    it(`${what}: a login reports the reason and the fix; ECR and anonymous pulls work`, async () => {
      const alice = standing.user({ ...keys("alice"), ...env });
      const reason = "DBUS_SESSION_BUS_ADDRESS" in env ? "/nonexistent" : "DBUS_SESSION_BUS_ADDRESS";
      const ran = await alice.store(hub, "me", "hush-hush");
      const line = told(
        ran,
        "KEYCHAIN_UNREACHABLE",
        hub,
        reason,
        "fallback: pass",
        "fallback: file",
        "credHelpers",
      );
      assert.doesNotMatch(line, /hush/);
      notFound(await alice.get(hub));
      silent(await alice.erase(hub));
      answered(await alice.get(registry), registry);
      assert.deepEqual(JSON.parse((await alice.list()).stdout), { [registry]: "AWS" });
    });
  }

  it("does not load a library from the environment", async () => {
    const alice = standing.user();
    const trap = alice.write(
      "trap.js",
      `require("fs").writeFileSync(${JSON.stringify(join(alice.home, "sprung"))}, "")`,
    );
    const env = { NAPI_RS_NATIVE_LIBRARY_PATH: trap };
    told(await alice.store(hub, "me", "hush-hush", { env }), "KEYCHAIN_UNREACHABLE");
    assert.equal(existsSync(join(alice.home, "sprung")), false);
  });
});

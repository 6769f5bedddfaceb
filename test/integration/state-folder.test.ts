import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itAsRoot, modeOf, otherUserId } from "../support/fakes/temp-folder.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { keys, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { entryIn, hour, passTime, tokenFile } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, silent, told } from "../support/program/verdicts.ts";

const mounts = ownMounts();
/** Only in a namespace of its own is a disk full or read-only; elsewhere such a test shows up as skipped, by name. */
const itWithMounts = mounts ? it : it.skip;
const within = (script: string) => [...(mounts ?? []), ...shell(script)];

describe("a state folder", () => {
  const standing = useStanding();
  let alice: User;

  beforeEach(() => {
    alice = standing.user(keys("alice"));
  });

  /** Nothing can be kept, so every get asks AWS, and every get answers; what must be kept says that it can't be. */
  async function isUnusable(
    through: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<void> {
    const options = { through, env };
    for (const calls of [1, 2]) {
      answered(await alice.get(registry, options), registry);
      assert.equal(standing.count("GetAuthorizationToken"), calls);
    }
    const line = told(
      await alice.store(registry, "AWS", "hush-hush", options),
      "STATE_FOLDER",
      "XDG_STATE_HOME",
    );
    assert.doesNotMatch(line, /hush/);
    assert.equal((await alice.list(options)).stdout, "{}\n");
    silent(await alice.erase(registry, options));
  }

  it("that is a file", async () => {
    alice.write(".local/state/docker-credential-ecr", "a file");
    await isUnusable();
    assert.equal(readFileSync(alice.state, "utf8"), "a file");
  });

  it("below a file", async () => {
    alice.write(".local", "a file");
    await isUnusable();
  });

  it("that is a symbolic link", async () => {
    const elsewhere = join(alice.home, "elsewhere");
    mkdirSync(elsewhere, { mode: 0o700 });
    mkdirSync(join(alice.home, ".local/state"), { recursive: true });
    symlinkSync(elsewhere, alice.state);
    await isUnusable();
    assert.deepEqual(readdirSync(elsewhere), []);
  });

  itAsRoot("that is somebody else's", async () => {
    mkdirSync(alice.state, { recursive: true, mode: 0o700 });
    chownSync(alice.state, otherUserId, otherUserId);
    await isUnusable();
    assert.deepEqual(readdirSync(alice.state), []);
  });

  it("that can't be created", async () => {
    await isUnusable([], { XDG_STATE_HOME: "/proc/nowhere" });
    standing.aws.controls.reset();
    await isUnusable([], { HOME: "/proc/nowhere" });
  });

  itWithMounts("on a disk that is read-only", () =>
    isUnusable(
      within(
        'mkdir -p "$HOME/.local"; mount -t tmpfs none "$HOME/.local"; mount -o remount,bind,ro "$HOME/.local"; exec "$@"',
      ),
    ),
  );

  itWithMounts("on a disk that has become read-only: what lies there still answers", async () => {
    const secret = answered(await alice.get(registry), registry);
    const script =
      'cp -a "$HOME/.local" "$HOME/copy"; mount -t tmpfs none "$HOME/.local"; cp -a "$HOME/copy/." "$HOME/.local/"; ' +
      'mount -o remount,bind,ro "$HOME/.local"; rm -r "$HOME/copy"; exec "$@"';
    for (const host of [registry, otherRegistry]) {
      assert.equal(answered(await alice.get(host, { through: within(script) }), host), secret);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    passTime(alice, 11.5 * hour);
    assert.notEqual(answered(await alice.get(registry, { through: within(script) }), registry), secret);
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(registry, { through: within(script) }), registry), secret);
  });

  itWithMounts("on a disk that is read-only: a logout from what is not stored succeeds", async () => {
    answered(await alice.get(registry), registry);
    const script =
      'mount --bind "$HOME/.local" "$HOME/.local"; ' + 'mount -o remount,bind,ro "$HOME/.local"; exec "$@"';
    const through = within(script);
    // The second is of the same account and region, so it has the token of the first.
    for (const host of ["111122223333.dkr.ecr.eu-west-3.amazonaws.com", otherRegistry, "ghcr.io"])
      silent(await alice.erase(host, { through }));
    told(await alice.erase(registry, { through }), "STATE_WRITE", "EROFS");
  });

  const fill =
    'i=0; while head -c 4096 /dev/zero >"$HOME/.local/filler-$i" 2>/dev/null; do i=$((i+1)); done;';

  itWithMounts("on a disk that is full: the token that was fetched is printed", async () => {
    const script = `mkdir -p "$HOME/.local"; mount -t tmpfs -o size=64k none "$HOME/.local"; ${fill} exec "$@"`;
    answered(await alice.get(registry, { through: within(script) }), registry);
    const stored = await alice.store(registry, "AWS", "hush-hush", { through: within(script) });
    assert.equal(stored.exitCode, 1);
    assert.match(stored.stdout, /^.*\[STATE_(WRITE|FOLDER)\]\n$/);
    assert.doesNotMatch(stored.stdout, /hush/);
  });

  itWithMounts("on a disk that has become full: what lies there answers, and is not lost", async () => {
    const secret = answered(await alice.get(registry), registry);
    passTime(alice, 11.5 * hour);
    const copy =
      'cp -a "$HOME/.local" "$HOME/copy"; mount -t tmpfs -o size=128k none "$HOME/.local"; cp -a "$HOME/copy/." "$HOME/.local/";';
    const back = 'code=$?; cp -a "$HOME/.local/state" "$HOME/after"; exit $code';
    const through = within(`${copy} rm -r "$HOME/copy"; ${fill} "$@"; ${back}`);
    assert.notEqual(answered(await alice.get(registry, { through }), registry), secret);
    const kept = entryIn(tokenFile(alice, registry).replace(".local/state", "after"));
    assert.equal("secret" in kept && kept.secret, secret);
    standing.aws.controls.refuse("*");
    const again = alice.get(registry, { through: within(`${copy} rm -r "$HOME/copy"; ${fill} exec "$@"`) });
    assert.equal(answered(await again, registry), secret);
  });

  it("that others could enter is made private", async () => {
    mkdirSync(alice.state, { recursive: true, mode: 0o777 });
    answered(await alice.get(registry), registry);
    assert.equal(modeOf(alice.state), "0700");
  });

  it("is below XDG_STATE_HOME", async () => {
    const place = join(alice.home, "xdg");
    const secret = answered(await alice.get(registry, { env: { XDG_STATE_HOME: place } }), registry);
    assert.ok(existsSync(join(place, "docker-credential-ecr/tokens", `${registry}.entry`)));
    assert.equal(existsSync(join(alice.home, ".local")), false);
    assert.equal(answered(await alice.get(registry, { env: { XDG_STATE_HOME: place } }), registry), secret);
    assert.equal(standing.calls(), 1);
  });

  for (const value of ["relative/folder", "./here", "~/x", ""]) {
    it(`ignores the XDG_STATE_HOME ${JSON.stringify(value)}, which is not an absolute path`, async () => {
      const options = { env: { XDG_STATE_HOME: value }, cwd: alice.home };
      answered(await alice.get(registry, options), registry);
      assert.ok(existsSync(tokenFile(alice, registry)));
      assert.deepEqual(readdirSync(alice.home), [".local"]);
    });
  }

  for (const home of [undefined, "", "~"]) {
    itWithMounts(
      `lies in the account's home where HOME is ${home === undefined ? "unset" : JSON.stringify(home)}`,
      async () => {
        const out = join(alice.home, "out");
        const account = '$(getent passwd "$(id -u)" | cut -d: -f6)';
        const script = `h=${account}; mount -t tmpfs none "$h"; "$@"; code=$?; find "$h" -type f >${out}; echo "$h" >>${out}; exit $code`;
        const ran = await alice.get(registry, { env: { HOME: home }, through: within(script) });
        answered(ran, registry);
        const lines = readFileSync(out, "utf8").trim().split("\n");
        const accountHome = lines.at(-1);
        assert.ok(
          lines.includes(`${accountHome}/.local/state/docker-credential-ecr/tokens/${registry}.entry`),
          lines.join(),
        );
      },
    );
  }

  itAsRoot("lies in root's own home where HOME is another user's, as under sudo", async () => {
    chownSync(alice.home, otherUserId, otherUserId);
    const found = join(tmpdir(), `ecr-found-${process.pid}`);
    const script = `h=$(getent passwd 0 | cut -d: -f6); mount -t tmpfs none "$h"; "$@"; code=$?; cd "$h"; find . -type f >${found}; exit $code`;
    answered(await alice.get(registry, { through: within(script) }), registry);
    const kept = readFileSync(found, "utf8");
    rmSync(found);
    assert.match(kept, new RegExp(`^./.local/state/docker-credential-ecr/tokens/${registry}.entry$`, "m"));
    assert.deepEqual(readdirSync(alice.home), []);
  });

  it("is not created if there is nothing to store", async () => {
    await Promise.all([
      alice.run(["version"]),
      alice.list(),
      alice.erase(registry),
      alice.get("example.com"),
    ]);
    assert.deepEqual(readdirSync(alice.home), []);
  });
});

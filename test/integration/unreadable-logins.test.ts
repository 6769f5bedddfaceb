import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { markedServers, writeMark } from "../../src/logins/keychain-marks.ts";
import { keychainMarkPath } from "../../src/store/files/paths.ts";
import { useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { silent } from "../support/program/verdicts.ts";

const servers = ["b.example", "c.example"];

/** Each makes one file of a login unusable. */
const damages: Readonly<Record<string, (path: string) => void>> = {
  "mode 0644": (path) => chmodSync(path, 0o644),
  "mode 0666": (path) => chmodSync(path, 0o666),
  "no content": (path) => writeFileSync(path, ""),
  "other content": (path) => writeFileSync(path, '{"format":1}'),
  "one changed character": (path) =>
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(/(.)(.{20})$/s, (_, one, end) => (one === "A" ? "B" : "A") + end),
    ),
  "a folder": (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  "a symbolic link": (path) => {
    renameSync(path, `${path}.moved`);
    symlinkSync(`${path}.moved`, path);
  },
  "a link to no file": (path) => {
    rmSync(path);
    symlinkSync(`${path}.gone`, path);
  },
  ...(process.getuid?.() === 0 && { "another owner": (path: string) => chownSync(path, 12345, 12345) }),
};

describe("logins that can't be read", () => {
  const standing = useStanding();
  let user: User;
  const leave = (...more: string[]) => user.run(["configure-docker", "--leave", ...more]);

  /** A user with a login to each server, in encrypted files. */
  async function withLogins(): Promise<{ readonly entries: readonly string[]; readonly key: string }> {
    user = standing.user();
    user.write(configPath, "version: 1\nfallback: file\n");
    for (const server of servers) silent(await user.store(server, "me", "hush"));
    const folder = join(user.state, "sealed");
    const entries = readdirSync(folder).map((name) => join(folder, name));
    return { entries, key: join(user.state, "keys/logins.json") };
  }

  /** Asserts that uninstalling and exporting name the file and its fix, and change nothing. */
  async function bothStop(path: string): Promise<void> {
    const before = snapshot(user.home);
    for (const args of [["--leave", "--dry-run"], ["--leave"], ["--export", "--yes"]]) {
      const { stdout, stderr, exitCode } = await user.run(["configure-docker", ...args]);
      assert.deepEqual([stdout, exitCode], ["", 1], `${args}: ${stderr}`);
      assert.ok(stderr.includes(path), `${path} expected in ${stderr}`);
      assert.match(
        stderr,
        /Fix: .*(?:mode 0600|restore).*\[(?:LOGIN_UNREADABLE|LOGIN_KEY|EXPORT_UNREADABLE)\]/,
      );
    }
    // The log gets lines.
    const { [".local/state/docker-credential-ecr/log"]: _log, ...after } = snapshot(user.home);
    assert.deepEqual(after, before);
  }

  for (const [name, damage] of Object.entries(damages)) {
    it(`stop --uninstall and --export: an entry with ${name}`, async () => {
      const [entry = ""] = (await withLogins()).entries;
      damage(entry);
      await bothStop(entry);
      // One of the fixes.
      rmSync(entry, { recursive: true });
      assert.equal((await user.run(["configure-docker", "--export", "--yes"])).exitCode, 0);
      assert.equal((await leave()).exitCode, 0);
    });

    if (name === "one changed character") continue;
    it(`stop --uninstall and --export: a key with ${name}`, async () => {
      const { key } = await withLogins();
      copyFileSync(key, `${key}.copy`);
      damage(key);
      await bothStop(key);
      rmSync(key, { recursive: true });
      renameSync(`${key}.copy`, key);
      assert.equal((await user.run(["configure-docker", "--export", "--yes"])).exitCode, 0);
      assert.deepEqual(
        servers.filter(
          (server) => !readFileSync(join(user.home, ".docker/config.json"), "utf8").includes(server),
        ),
        [],
      );
      assert.equal((await leave()).exitCode, 0);
    });
  }

  it("stop --uninstall and --export: no key", async () => {
    const { key } = await withLogins();
    rmSync(key);
    await bothStop(key);
  });

  it("stop --uninstall and --export: no folder, but a file", async () => {
    await withLogins();
    const folder = join(user.state, "sealed");
    renameSync(folder, `${folder}.moved`);
    writeFileSync(folder, "");
    const { stderr, exitCode } = await leave();
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /the stored logins in \S+\/sealed can't be read \(ENOTDIR\)\. Fix: .*0700.*\[LOGIN_UNREADABLE\]/,
    );
  });

  for (const [name, damage] of Object.entries(damages)) {
    if (name === "one changed character") continue;
    it(`stop --uninstall and --export: the record of a login in the keychain with ${name}`, async () => {
      user = standing.user();
      for (const server of servers) await writeMark(user.state, server);
      const mark = keychainMarkPath(user.state, "c.example");
      damage(mark);
      await bothStop(mark);
      rmSync(mark, { recursive: true });
      assert.match((await leave()).stderr, /left in the keychain: logins to b\.example\n$/);
      assert.deepEqual(await markedServers(user.state), ["b.example"]);
    });
  }
});

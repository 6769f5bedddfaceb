import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { asAccount, itAsAccount, newUid, openToOthers } from "../support/program/as-account.ts";
import { programAlone, programPath } from "../support/program/program.ts";
import type { Ran } from "../support/program/run.ts";
import { keys, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { everythingIn } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { notFound, notFoundText, shown, silent, told } from "../support/program/verdicts.ts";

const alias = "images.example.com";
const config = `version: 1
registries: [{ host: ${registry} }]
aliases: { ${alias}: ${registry} }
`;

/** What makes a valid config.yaml unreachable, below ~/.config. */
const obstacles: Readonly<Record<string, (folder: string) => void>> = {
  "a closed ~/.config": (folder) => chmodSync(folder, 0o000),
  "a closed folder of the program": (folder) => chmodSync(join(folder, "docker-credential-ecr"), 0o600),
  "a ~/.config that only root can enter": (folder) => {
    chownSync(folder, 0, 0);
    chmodSync(folder, 0o700);
  },
  "a ~/.config that is a link to a missing folder": (folder) => {
    renameSync(folder, `${folder}-moved`);
    symlinkSync("/mnt/not-mounted/config", folder);
  },
  "a link to a missing folder of the program": (folder) => {
    renameSync(join(folder, "docker-credential-ecr"), join(folder, "moved"));
    symlinkSync("not-there", join(folder, "docker-credential-ecr"));
  },
  "a config.yaml that is a link to a missing file": (folder) => {
    const file = join(folder, "docker-credential-ecr/config.yaml");
    rmSync(file);
    symlinkSync("/mnt/not-mounted/config.yaml", file);
  },
  "a loop of links": (folder) => {
    renameSync(folder, `${folder}-moved`);
    symlinkSync(folder, folder);
  },
  "a file instead of the program's folder": (folder) => {
    const place = join(folder, "docker-credential-ecr");
    renameSync(join(place, "config.yaml"), join(folder, "kept"));
    rmSync(place, { recursive: true });
    renameSync(join(folder, "kept"), place);
  },
  "a lone config.yml": (folder) => {
    const place = join(folder, "docker-credential-ecr");
    renameSync(join(place, "config.yaml"), join(place, "config.yml"));
  },
};

describe("a config.yaml that can't be reached", () => {
  const standing = useStanding();
  let alice: User;
  let base: string;
  let home: string;
  let uid: number;
  let options: { readonly env: { readonly HOME: string }; readonly through: readonly string[] };

  before(() => openToOthers(standing));
  beforeEach(() => {
    alice = standing.user(keys("alice"));
    base = mkdtempSync(join(tmpdir(), "ecr-unreachable-"));
    chmodSync(base, 0o755);
    home = join(base, "home");
    uid = newUid();
    options = { env: { HOME: home }, through: asAccount({ uid, home }, base) };
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  function configure(text: string): void {
    mkdirSync(dirname(join(home, configPath)), { recursive: true });
    writeFileSync(join(home, configPath), text, { mode: 0o600 });
    for (const path of everythingIn(home)) chownSync(path, uid, uid);
  }
  const hide = (what: string) => obstacles[what]?.(join(home, ".config"));
  const output = () => join(home, "out/config.json");

  async function succeeds(...args: readonly string[]): Promise<void> {
    const { exitCode, stderr, stdout } = await alice.run(args, options);
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" }, `${args.join(" ")}: ${stdout}`);
  }

  /** Asserts that the command reports it, on stdout or stderr. */
  function reported(command: string, { stdout, stderr, exitCode }: Ran): void {
    assert.match(stdout + stderr, /CONFIG_UNREADABLE/, `${command}: ${shown(stdout + stderr)}`);
    assert.equal(exitCode, 1, command);
  }

  for (const what of Object.keys(obstacles)) {
    itAsAccount(`${what}: no command continues as if there were no config`, async function () {
      this.timeout(60_000);
      configure(`${config}outputs: [{ dockerConfig: ${output()} }]\n`);
      mkdirSync(dirname(output()));
      chownSync(dirname(output()), uid, uid);
      await succeeds("daemon", "--once");
      const before = readFileSync(output(), "utf8");
      assert.match(before, new RegExp(registry));
      hide(what);
      const calls = standing.calls();

      told(await alice.get(otherRegistry, options), "CONFIG_UNREADABLE", "config.yaml");
      for (const program of [programPath(), programAlone()]) {
        const get = await alice.run(["get"], { ...options, program, input: otherRegistry });
        told(get, "CONFIG_UNREADABLE", "config.yaml");
      }
      for (const args of [
        ["status"],
        ["doctor", "--json"],
        ["refresh", otherRegistry],
        ["refresh"],
        ["daemon", "--once"],
        ["config", "check"],
        ["configure-docker", "--all-kept"],
        ["export", "--format", "docker-config"],
      ])
        reported(args.join(" "), await alice.run(args, options));
      const request = {
        apiVersion: "credentialprovider.kubelet.k8s.io/v1",
        kind: "CredentialProviderRequest",
      };
      const kubelet = (image: string) =>
        alice.run(["kubelet"], { ...options, input: JSON.stringify({ ...request, image }) });
      reported("kubelet", await kubelet(`${otherRegistry}/app`));
      // The image may be that of any other registry, which needs no credential of this program.
      const { exitCode, stdout, stderr } = await kubelet(`${alias}/app`);
      assert.deepEqual([exitCode, JSON.parse(stdout).auth], [0, {}]);
      assert.match(stderr, /CONFIG_UNREADABLE/);
      assert.equal(readFileSync(output(), "utf8"), before);
      assert.equal(standing.calls(), calls);
    });

    itAsAccount(
      `${what}: a valid token of an alias stays in use; without one the reason is shown`,
      async () => {
        configure(config);
        const { stdout } = await alice.get(alias, options);
        assert.match(stdout, /"Secret"/);
        hide(what);
        const stored = await alice.get(alias, options);
        assert.ok(stored.stdout === stdout && stored.stderr === "", shown(stored.stdout + stored.stderr));
        const { stdout: text } = await alice.get("other.example.com", options);
        assert.equal(text, `${notFoundText}\n`);
        told(await alice.get("other.example.com", options), "CONFIG_UNREADABLE");
      },
    );

    itAsAccount(`${what}: a login in another helper is neither "not found" nor removed`, async () => {
      const folder = join(base, "bin");
      mkdirSync(folder);
      writeFileSync(join(folder, "docker-credential-notes"), helper, { mode: 0o755 });
      const env = { ...options.env, PATH: `${folder}:${alice.env.PATH}` };
      configure("version: 1\nfallback: notes\n");
      const asked = { ...options, env };
      silent(await alice.store("ghcr.io", "me", "hush-hush", asked));
      hide(what);
      told(await alice.get("ghcr.io", asked), "CONFIG_UNREADABLE");
      told(await alice.erase("ghcr.io", asked), "CONFIG_UNREADABLE");
      told(await alice.store("ghcr.io", "me", "new", asked), "CONFIG_UNREADABLE");
      assert.match(readFileSync(join(home, "notes"), "utf8"), /hush-hush/);
    });
  }

  itAsAccount("a HOME without any of it, or /dev/null, is no config", async () => {
    mkdirSync(home);
    chownSync(home, uid, uid);
    for (const HOME of [home, "/dev/null"]) {
      const env = { ...options.env, HOME };
      notFound(await alice.get("ghcr.io", { ...options, env }));
      silent(await alice.erase("ghcr.io", { ...options, env }));
      assert.match((await alice.get(registry, { ...options, env })).stdout, /"Secret"/);
    }
  });
});

/** A credential helper that stores the last login in a file. */
const helper = `#!/bin/sh
case $1 in
  store) cat >"$HOME/notes" ;;
  erase) rm "$HOME/notes" ;;
  get) cat "$HOME/notes" ;;
esac
`;

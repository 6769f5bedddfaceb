import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  lchownSync,
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
import { keychainMarkPath } from "../../src/store/files/paths.ts";
import { asAccount, itAsAccount, newUid, openToOthers } from "../support/program/as-account.ts";
import { keys, otherRegistry, registry, useStanding } from "../support/program/standing.ts";
import { everythingIn } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, notFound, notFoundText, silent, told } from "../support/program/verdicts.ts";

describe("folders that are closed to their owner, as after chmod -R 644", () => {
  const standing = useStanding();
  let alice: User;
  let base: string;
  let home: string;
  let uid: number;
  let options: { readonly env: { readonly HOME: string }; readonly through: readonly string[] };

  before(() => openToOthers(standing));
  beforeEach(async () => {
    alice = standing.user(keys("alice"));
    base = mkdtempSync(join(tmpdir(), "ecr-closed-"));
    chmodSync(base, 0o755);
    home = join(base, "home");
    uid = newUid();
    const config = join(home, configPath);
    mkdirSync(dirname(config), { recursive: true });
    writeFileSync(config, "version: 1\nfallback: file\n");
    for (const path of everythingIn(home)) chownSync(path, uid, uid);
    options = { env: { HOME: home }, through: asAccount({ uid, home }, base) };
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const folder = (name: string) => join(home, ".local/state/docker-credential-ecr", name);
  const passwordOf = async (server: string) => {
    const { stdout, stderr, exitCode } = await alice.get(server, options);
    assert.deepEqual({ stderr, exitCode }, { stderr: "", exitCode: 0 });
    return JSON.parse(stdout).Secret;
  };

  for (const mode of [0o644, 0o600, 0o000]) {
    describe(`mode ${mode.toString(8).padStart(3, "0")}`, () => {
      const close = (...names: readonly string[]) => {
        for (const name of names) chmodSync(folder(name), mode);
      };

      beforeEach(async () => {
        for (const name of ["quay.io", "ghcr.io"])
          silent(await alice.store(name, "me", `pass of ${name}`, options));
      });

      for (const names of mode === 0o600 ? [["."], ["keys"], ["sealed"]] : [["keys", "sealed", "."]]) {
        itAsAccount(`of ${names.join(", ")}: no login is lost by a new one`, async () => {
          close(...names);
          silent(await alice.store("docker.io", "me", "new", options));
          assert.equal(await passwordOf("quay.io"), "pass of quay.io");
          assert.equal(await passwordOf("docker.io"), "new");
        });

        itAsAccount(`of ${names.join(", ")}: logins are read, listed and removed`, async () => {
          close(...names);
          assert.equal(await passwordOf("quay.io"), "pass of quay.io");
          close(...names);
          const { stdout } = await alice.list(options);
          assert.deepEqual(JSON.parse(stdout), { "ghcr.io": "me", "quay.io": "me" });
          close(...names);
          silent(await alice.erase("quay.io", options));
          notFound(await alice.get("quay.io", options));
        });
      }

      itAsAccount("a login to ECR still takes precedence, and can be removed", async () => {
        const cached = answered(await alice.get(registry, options), registry);
        const login = cached.replace(/.{20}$/, "A".repeat(20));
        silent(await alice.store(registry, "AWS", login, options));
        for (const names of [["."], ["logins"], ["logins", "tokens", "authorizations", "."]]) {
          close(...names);
          assert.ok(answered(await alice.get(registry, options), registry) === login, names.join());
        }
        close("logins", ".");
        const apiVersion = "credentialprovider.kubelet.k8s.io/v1";
        const request = { apiVersion, kind: "CredentialProviderRequest", image: `${registry}/app` };
        const { stdout } = await alice.run(["kubelet"], { ...options, input: JSON.stringify(request) });
        assert.ok(JSON.parse(stdout).auth[registry].password === login, "kubelet");
        close("logins", ".");
        silent(await alice.erase(registry, options));
        assert.ok(answered(await alice.get(registry, options), registry) === cached);
      });
    });
  }

  const unreachable: Readonly<Record<string, (state: string) => void>> = {
    "is closed": (state) => chmodSync(state, 0o000),
    "is root's": (state) => {
      chownSync(state, 0, 0);
      chmodSync(state, 0o700);
    },
    "is a link to a missing folder": (state) => {
      renameSync(state, `${state}-moved`);
      symlinkSync("/mnt/not-mounted/state", state);
    },
  };
  for (const [what, hide] of Object.entries(unreachable)) {
    for (const config of ["version: 1\nfallback: file\n", undefined]) {
      const given = config === undefined ? "without config.yaml" : "with fallback: file";
      itAsAccount(`~/.local/state that ${what}, ${given}: no login counts as absent or erased`, async () => {
        silent(await alice.store("quay.io", "me", "pass of quay.io", options));
        silent(await alice.store(registry, "AWS", "A".repeat(900), options));
        if (config === undefined) rmSync(join(home, configPath));
        hide(join(home, ".local/state"));
        const get = await alice.get("quay.io", options);
        told(get, "STATE_FOLDER", ".local/state");
        assert.equal(get.stdout, `${notFoundText}\n`);
        told(await alice.erase("quay.io", options), "STATE_FOLDER", ".local/state");
        told(await alice.erase(registry, options), "STATE_FOLDER", ".local/state");
        if (config) told(await alice.store("quay.io", "me", "new", options), "STATE_FOLDER");
      });
    }
  }

  const closings: Readonly<Record<string, (path: string) => void>> = {
    "is root's": (path) => {
      chownSync(path, 0, 0);
      chmodSync(path, 0o700);
    },
    "is a link to a missing folder": (path) => {
      renameSync(path, `${path}-moved`);
      symlinkSync("/mnt/not-mounted/logins", path);
      lchownSync(path, uid, uid);
    },
  };
  for (const [what, close] of Object.entries(closings)) {
    itAsAccount(`the encrypted logins, whose folder ${what}: none counts as absent or erased`, async () => {
      silent(await alice.store("quay.io", "me", "pass of quay.io", options));
      close(folder("sealed"));
      const get = await alice.get("quay.io", options);
      told(get, "STATE_FOLDER", "sealed");
      assert.equal(get.stdout, `${notFoundText}\n`);
      told(await alice.erase("quay.io", options), "STATE_FOLDER", "sealed");
      silent(await alice.erase(registry, options));
    });

    itAsAccount(`the marks of the keychain's logins, whose folder ${what}: likewise`, async () => {
      writeFileSync(join(home, configPath), "version: 1\n");
      if (what === "is root's") rmSync(join(home, configPath));
      silent(await alice.store(registry, "AWS", "A".repeat(900), options));
      mkdirSync(folder("keychain"), { mode: 0o700 });
      writeFileSync(keychainMarkPath(folder("."), "quay.io"), '{"format":1,"server":"quay.io"}', {
        mode: 0o600,
      });
      close(folder("keychain"));
      told(await alice.get("quay.io", options), "STATE_FOLDER", "keychain");
      told(await alice.erase("quay.io", options), "STATE_FOLDER", "keychain");
      silent(await alice.erase(registry, options));
    });

    itAsAccount(`the logins to ECR, whose folder ${what}: none counts as erased`, async () => {
      silent(await alice.store(registry, "AWS", "A".repeat(900), options));
      close(folder("logins"));
      told(await alice.erase(registry, options), "STATE_FOLDER", "logins");
      answered(await alice.get(registry, options), registry);
    });
  }

  itAsAccount("what configure-docker replaced is not forgotten", async () => {
    const file = join(home, ".docker/config.json");
    const before = JSON.stringify({ credHelpers: { [registry]: "pass" } });
    mkdirSync(dirname(file));
    writeFileSync(file, before, { mode: 0o600 });
    for (const path of everythingIn(dirname(file))) chownSync(path, uid, uid);
    const configure = async (...args: readonly string[]) => {
      const { exitCode, stderr } = await alice.run(["configure-docker", ...args], options);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" }, args.join(" "));
    };
    await configure(registry, "--replace", "--no-check");
    for (const name of ["clients", "."]) chmodSync(folder(name), 0o644);
    await configure(otherRegistry, "--no-check");
    for (const name of ["clients", "."]) chmodSync(folder(name), 0o644);
    await configure("--undo");
    assert.equal(readFileSync(file, "utf8"), before);
  });

  itAsAccount("without config.yaml, a login in the keychain is not taken for none", async () => {
    rmSync(join(home, configPath));
    const mark = keychainMarkPath(folder("."), "quay.io");
    mkdirSync(dirname(mark), { recursive: true, mode: 0o700 });
    writeFileSync(mark, '{"format":1,"server":"quay.io"}', { mode: 0o600 });
    for (const path of everythingIn(join(home, ".local"))) chownSync(path, uid, uid);
    chmodSync(folder("keychain"), 0o644);
    const { stdout, exitCode } = await alice.get("quay.io", options);
    assert.match(stdout, /^the login to quay\.io can't be read: .* \[KEYCHAIN_\w+\]\n$/);
    assert.equal(exitCode, 1);
  });
});

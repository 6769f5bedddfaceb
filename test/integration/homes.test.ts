import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  asAccount,
  homelessState,
  itAsAccount,
  newUid,
  openToOthers,
  removeHomelessStates,
} from "../support/program/as-account.ts";
import type { Diagnosed } from "../support/program/doctor.ts";
import type { Ran } from "../support/program/run.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User, type Variables } from "../support/program/user.ts";
import { answered, notFound, silent, told } from "../support/program/verdicts.ts";

const stranger = 399_999;
const program = "docker-credential-ecr";

/** A folder below the test's own, as the account finds it. */
interface Place {
  /** Makes it. */
  readonly make: (path: string, uid: number) => void;
  /** Whether the account can create files below it. */
  readonly isUsable: boolean;
  /** A config.yaml below it: can be read or is missing, is not this user's, or may be this user's but can't be read. */
  readonly config: "readable" | "foreign" | "refused";
}

function folder(path: string, mode: number, owner: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  chownSync(path, owner, owner);
}

const places: Readonly<Record<string, Place>> = {
  own: { make: (path, uid) => folder(path, 0o700, uid), isUsable: true, config: "readable" },
  "a link to an own": {
    make: (path, uid) => {
      folder(`${path}-target`, 0o700, uid);
      symlinkSync(`${path}-target`, path);
    },
    isUsable: true,
    config: "readable",
  },
  missing: { make: () => {}, isUsable: false, config: "readable" },
  "another user's": { make: (path) => folder(path, 0o700, stranger), isUsable: false, config: "foreign" },
  unreadable: { make: (path, uid) => folder(path, 0o000, uid), isUsable: false, config: "refused" },
  "read-only": { make: (path) => folder(path, 0o755, 0), isUsable: false, config: "readable" },
  "a file": { make: (path) => writeFileSync(path, "", { mode: 0o755 }), isUsable: false, config: "readable" },
  "a loop of links": { make: (path) => symlinkSync(path, path), isUsable: false, config: "refused" },
};

/** What a variable that is to name a folder says: a place, or words that name none. */
const words: Readonly<Record<string, string | undefined>> = {
  unset: undefined,
  empty: "",
  relative: "~/here",
};

const homes = [...Object.keys(words), "/", ...Object.keys(places)];
/** What the account's entry in /etc/passwd names as its home; "none": there is no entry. It counts where HOME names no folder. */
const accounts = ["own", "none", "/", "empty", "missing", "another user's", "unreadable", "read-only"];
const pairs = accounts.flatMap((account) =>
  (account === "own" || account === "none" ? homes : Object.keys(words)).map((home) => ({ account, home })),
);
const xdgFolders: readonly Variables[] = [
  {},
  { XDG_STATE_HOME: "own", XDG_CONFIG_HOME: "own" },
  { XDG_STATE_HOME: "own" },
  { XDG_CONFIG_HOME: "own" },
  { XDG_STATE_HOME: "another user's", XDG_CONFIG_HOME: "another user's" },
  { XDG_STATE_HOME: "relative", XDG_CONFIG_HOME: "empty" },
  { XDG_STATE_HOME: "missing", XDG_CONFIG_HOME: "missing" },
  { XDG_STATE_HOME: "unreadable", XDG_CONFIG_HOME: "unreadable" },
  { XDG_STATE_HOME: "read-only", XDG_CONFIG_HOME: "a loop of links" },
];

/** One account with its variables. */
interface Case {
  readonly uid: number;
  readonly env: Variables;
  readonly through: readonly string[];
  /** The state folder; undefined where it can't be made. */
  readonly state: string | undefined;
  readonly config: Place["config"];
}

describe("a user", () => {
  const standing = useStanding();
  let alice: User;
  let base: string;

  before(() => openToOthers(standing));
  beforeEach(() => {
    alice = standing.user(keys("alice"));
    base = mkdtempSync(join(tmpdir(), "ecr-homes-"));
    chmodSync(base, 0o755);
  });
  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
    removeHomelessStates();
  });

  /** Makes the folders and works out, apart from the program, what is to be stored where. */
  function caseOf(account: string, home: string, xdg: Variables): Case {
    const uid = newUid();
    const at = (variable: string) => join(base, `${uid}-${variable}`);
    const env: Record<string, string | undefined> = {};
    for (const [variable, what = ""] of Object.entries({ HOME: home, ...xdg })) {
      places[what]?.make(at(variable), uid);
      env[variable] = what === "/" ? "/" : places[what] ? at(variable) : words[what];
    }
    places[account]?.make(at("account"), uid);
    const entries: Variables = { none: undefined, "/": "/", empty: "" };
    const through = asAccount({ uid, home: account in entries ? entries[account] : at("account") }, base);
    // Of a home that is "/", or that nothing names, no place is known: the state goes to a folder in /tmp.
    const homePlace = home === "/" ? undefined : (places[home] ?? places[account]);
    const ownState = homePlace
      ? `${places[home] ? env.HOME : at("account")}/.local/state/${program}`
      : homelessState(uid);
    const statePlace = places[xdg.XDG_STATE_HOME ?? ""];
    const state = statePlace ? `${env.XDG_STATE_HOME}/${program}` : ownState;
    const isUsable = (statePlace ?? homePlace)?.isUsable ?? true;
    const xdgPlace = places[xdg.XDG_CONFIG_HOME ?? ""];
    const place = (xdgPlace ?? homePlace)?.config ?? "readable";
    // A folder that a variable names for the config may contain one that is meant for this user.
    const config = xdgPlace && place === "foreign" ? "refused" : place;
    return { uid, env, through, state: isUsable ? state : undefined, config };
  }

  async function doctor({ env, through }: Case): Promise<readonly Diagnosed[]> {
    const { stdout, stderr } = await alice.run(["doctor", "--json"], { env, through });
    assert.equal(stderr, "");
    return JSON.parse(stdout).diagnostics;
  }

  /**
   * Two gets answer, with one call to AWS if the token can be stored; else `doctor` says that it is not, and why. If the
   * user may have a config, they fail.
   */
  async function getsToken(one: Case): Promise<void> {
    const options = { env: one.env, through: one.through };
    if (one.config === "refused") {
      told(await alice.get(registry, options), "CONFIG_UNREADABLE");
      return judge(await doctor(one), one);
    }
    const first = answered(await alice.get(registry, options), registry);
    const isStored = answered(await alice.get(registry, options), registry) === first;
    assert.equal(isStored, one.state !== undefined, "stored");
    if (one.state === undefined || one.config === "foreign") judge(await doctor(one), one);
    if (one.state !== undefined && one.config === "foreign") {
      const lines = readFileSync(`${one.state}/log`, "utf8");
      assert.match(
        lines,
        /config\.yaml is not read: this user can't enter \/.* \(\w+\)\. Fix: .*\[CONFIG_UNREADABLE\]\n$/,
      );
      assert.equal(lines.trimEnd().split("\n").length, 1);
    }
  }

  function judge(diagnostics: readonly Diagnosed[], { state, config: place }: Case): void {
    const failed = diagnostics.filter(({ status }) => status === "failed");
    const notStored = failed.filter(({ code }) => code === "STATE_FOLDER" || code === "DISK_REFUSED");
    assert.equal(notStored.length, state === undefined ? 1 : 0);
    for (const { seen, fix } of notStored) {
      assert.match(seen, /^this user (?:can't enter|can't write to) \/.* \(E\w+\), so no token is stored$/);
      assert.match(
        fix ?? "",
        /^see 'ls -ld \/.*', or set HOME or XDG_STATE_HOME to a folder of this user's$/,
      );
    }
    const config = failed.filter(({ code }) => code === "CONFIG_UNREADABLE");
    assert.equal(config.length, place === "readable" ? 0 : 1);
    for (const { seen } of config)
      assert.match(
        seen,
        /config\.yaml (?:is not read: this user can't enter \/.* \(E\w+\)|can't be reached: \/.* loop of links)$/,
      );
    assert.ok(!failed.some(({ code }) => code === "UNEXPECTED"), JSON.stringify(failed));
  }

  for (const { account, home } of pairs) {
    const who = `account's home ${account}, HOME ${home}`;
    itAsAccount(
      `${who}, under nine settings of the XDG folders: a token, stored or with a reason`,
      async function () {
        this.timeout(120_000);
        await Promise.all(
          xdgFolders.map((xdg) =>
            getsToken(caseOf(account, home, xdg)).catch((error) => {
              throw new Error(`${JSON.stringify(xdg)}: ${error.message}`, { cause: error });
            }),
          ),
        );
      },
    );

    itAsAccount(`${who}: store, list, erase and the rest do what can be done`, async () => {
      const one = caseOf(account, home, {});
      const options = { env: one.env, through: one.through };
      const hub = await alice.get("https://index.docker.io/v1/", options);
      const erased = await alice.erase("example.com", options);
      if (one.config === "refused") {
        for (const ran of [hub, erased]) told(ran, "CONFIG_UNREADABLE");
      } else {
        notFound(hub);
        silent(erased);
      }
      const eraseRegistry = async () => {
        const ran = await alice.erase(registry, options);
        if (one.config === "refused") told(ran, "STATE_FOLDER");
        else silent(ran);
      };
      await eraseRegistry();
      const stored = await alice.store(registry, "AWS", "hush-hush", options);
      if (one.state === undefined) told(stored, "STATE_FOLDER", "XDG_STATE_HOME");
      else silent(stored);
      const { stdout } = await alice.list(options);
      assert.deepEqual(JSON.parse(stdout), one.state === undefined ? {} : { [registry]: "AWS" });
      await eraseRegistry();
      for (const command of ["status", "registries"]) noSurprise(await alice.run([command], options));
      if (one.config === "readable") return;
      const checked = await alice.run(["config", "check"], options);
      assert.deepEqual([checked.exitCode, checked.stdout], [1, ""], "a file that was not read is not OK");
    });
  }

  const noSurprise = ({ stdout, stderr }: Ran) =>
    assert.doesNotMatch(stdout + stderr, /UNEXPECTED|INTERNAL|uv_/);

  itAsAccount(
    "without a home: profiles in files from variables, and a sign-in without a location",
    async () => {
      const one = caseOf("none", "unset", {});
      const config = join(base, "config");
      const credentials = alice.writeAwsKeys({ alice: { ...keysOf() } });
      chmodSync(alice.home, 0o755);
      chmodSync(join(alice.home, ".aws"), 0o755);
      chmodSync(credentials, 0o644);
      const sso =
        "sso_region = us-east-1\nsso_start_url = https://example.com/start\nsso_account_id = 111122223333\nsso_role_name = ci\n";
      const text = `[profile process]\ncredential_process = printf '${processOutput()}'\n[profile sso]\n${sso}`;
      await Bun.write(config, text);
      const env = {
        ...one.env,
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_CONFIG_FILE: config,
        AWS_SHARED_CREDENTIALS_FILE: credentials,
      };
      for (const AWS_PROFILE of ["alice", "process"]) {
        answered(await alice.get(registry, { through: one.through, env: { ...env, AWS_PROFILE } }), registry);
      }
      const signedOut = await alice.get(registry, {
        through: one.through,
        env: { ...env, AWS_PROFILE: "sso" },
      });
      told(signedOut, "SSO_EXPIRED", "aws sso login --profile sso");
    },
  );

  const unreadable: Readonly<Record<string, (path: string) => void>> = {
    "of another user": (path) => {
      chownSync(path, stranger, stranger);
      chmodSync(path, 0o600);
    },
    "without any permission": (path) => chmodSync(path, 0o000),
    "that is a folder": (path) => {
      rmSync(path);
      mkdirSync(path, { mode: 0o755 });
    },
    "that is a link to a folder that the user can't enter": (path) => {
      rmSync(path);
      folder(join(base, "closed"), 0o700, stranger);
      symlinkSync(join(base, "closed/config.yaml"), path);
    },
  };
  for (const [what, spoil] of Object.entries(unreadable)) {
    itAsAccount(`a config.yaml ${what} is an error, for it may name another identity`, async () => {
      const one = caseOf("own", "own", {});
      const home = one.env.HOME ?? "";
      mkdirSync(join(home, configPath, ".."), { recursive: true });
      await Bun.write(join(home, configPath), "version: 1\n");
      spoil(join(home, configPath));
      const options = { env: one.env, through: one.through };
      told(await alice.get(registry, options), "CONFIG_UNREADABLE", "config.yaml");
      assert.equal(standing.calls(), 0);
      silent(await alice.erase(registry, options));
    });
  }

  /** A user with an output, whose config can then no longer be reached. */
  async function withOutput(home: string, xdg: Variables) {
    const one = caseOf("none", home, xdg);
    const options = { env: one.env, through: one.through };
    const folderOfConfig = `${one.env.XDG_CONFIG_HOME ?? `${one.env.HOME}/.config`}/${program}`;
    const output = join(one.env.XDG_STATE_HOME ?? "", "out/config.json");
    mkdirSync(folderOfConfig, { recursive: true });
    const text = `version: 1\nregistries:\n  - host: ${registry}\noutputs:\n  - dockerConfig: ${output}\n`;
    await Bun.write(join(folderOfConfig, "config.yaml"), text);
    folder(join(output, ".."), 0o700, one.uid);
    const open = () => spawnSync("chmod", ["-R", "a+rX", one.env.XDG_CONFIG_HOME ?? one.env.HOME ?? ""]);
    open();
    const first = await alice.run(["daemon", "--once"], options);
    assert.equal(first.exitCode, 0, first.stderr);
    const written = readFileSync(output, "utf8");
    assert.ok(written.includes(registry), written);
    return { one, options, output, written, folderOfConfig };
  }

  itAsAccount("a config in another user's home is reported, and no output is removed", async () => {
    const { one, options, output, written } = await withOutput("read-only", { XDG_STATE_HOME: "own" });
    chmodSync(one.env.HOME ?? "", 0o700);
    const pass = await alice.run(["daemon", "--once"], options);
    assert.equal(pass.exitCode, 0, pass.stderr);
    assert.match(pass.stderr, /can't enter .*\[CONFIG_UNREADABLE\]$/m);
    assert.equal(readFileSync(output, "utf8"), written);
    const lines = readFileSync(`${one.state}/log`, "utf8");
    assert.equal(lines.match(/CONFIG_UNREADABLE/g)?.length, 1, lines);
    const status = await alice.run(["status"], options);
    assert.match(status.stdout, /can't enter .*\[CONFIG_UNREADABLE\]$/m);
    const json = await alice.run(["status", "--json"], options);
    assert.equal(JSON.parse(json.stdout).configNotRead.code, "CONFIG_UNREADABLE");
    assert.match((await alice.run(["refresh"], options)).stderr, /CONFIG_UNREADABLE/);
  });

  const barredFolders: Readonly<Record<string, readonly [home: string, xdg: Variables]>> = {
    "XDG_CONFIG_HOME of root": ["own", { XDG_STATE_HOME: "own", XDG_CONFIG_HOME: "read-only" }],
    "the program's folder in an image": ["read-only", { XDG_STATE_HOME: "own" }],
  };
  for (const [what, [home, xdg]] of Object.entries(barredFolders)) {
    itAsAccount(`a config below a folder that this user can't enter is an error: ${what}`, async () => {
      const { one, options, output, written, folderOfConfig } = await withOutput(home, xdg);
      const barred = one.env.XDG_CONFIG_HOME ?? folderOfConfig;
      chmodSync(barred, 0o700);
      const calls = standing.calls();
      told(
        await alice.get(registry.replace("111122223333", "444455556666"), options),
        "CONFIG_UNREADABLE",
        barred,
      );
      const pass = await alice.run(["daemon", "--once"], options);
      assert.equal(pass.exitCode, 1);
      assert.match(pass.stderr, /CONFIG_UNREADABLE/);
      assert.equal(readFileSync(output, "utf8"), written);
      const status = await alice.run(["status"], options);
      assert.equal(status.exitCode, 1);
      assert.match(status.stdout, /CONFIG_UNREADABLE/);
      assert.equal(standing.calls(), calls);
    });
  }
});

const keysOf = () => ({
  arn: "",
  accessKeyId: keys("alice").AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: keys("alice").AWS_SECRET_ACCESS_KEY ?? "",
});

function processOutput(): string {
  const { accessKeyId, secretAccessKey } = keysOf();
  return JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
}

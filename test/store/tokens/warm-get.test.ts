import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readClock } from "../../../src/store/files/clock.ts";
import type { FastFiles } from "../../../src/store/files/fast-files.ts";
import { libcFiles } from "../../../src/store/files/libc-files.ts";
import { nodeFiles } from "../../../src/store/files/node-files.ts";
import { loginPath, previousLoginPath, tokenPath } from "../../../src/store/files/paths.ts";
import { TokenStore } from "../../../src/store/tokens/token-store.ts";
import { dependenciesHold, readCachedCredential } from "../../../src/store/tokens/warm-get.ts";
import { withChecksum, withoutChecksum } from "../../../src/token/checksum.ts";
import { ambientNames, type Environment, environmentFingerprint } from "../../../src/token/dependencies.ts";
import type { RegistryEntry } from "../../../src/token/entry.ts";
import { formatEntry } from "../../../src/token/entry-text.ts";
import { hour, minute } from "../../support/fakes/clock.ts";
import {
  host,
  loginEntry,
  logoutEntry,
  otherHost,
  registryEntry,
  twelveHours,
} from "../../support/fakes/entries.ts";
import { itAsRoot, nextTick, otherUserId, useTempFolder } from "../../support/fakes/temp-folder.ts";

const ways: [name: string, files: FastFiles | undefined][] = [
  ["libc's calls", libcFiles()],
  ["node:fs", nodeFiles()],
];

for (const [name, files] of ways) {
  (files ? describe : describe.skip)(`a warm get by ${name}`, () => files && warmGet(files));
}

function warmGet(files: FastFiles): void {
  const temp = useTempFolder();
  const state = () => `${temp()}/state`;
  const store = () => new TokenStore(state(), () => undefined);
  const env: Environment = { HOME: "/home/somebody", AWS_PROFILE: "ci" };
  const now = Date.now();
  const clock = readClock(files, now);
  const life = twelveHours(clock);
  const secretFor = (at = now, environment = env, asked = host) => {
    const found = readCachedCredential(files, state(), asked, environment, at);
    return found && "secret" in found ? found.secret : undefined;
  };

  /** The AWS config file, a missing file, and a token that depends on both. */
  const config = () => `${temp()}/config`;
  const absent = () => `${temp()}/absent`;
  const cache = async (with_: Partial<RegistryEntry> = {}) => {
    const stamps = [config(), absent()].map((path) => ({ path, stamp: files.stamp(path) }));
    const environment = { names: ambientNames, fingerprint: environmentFingerprint(ambientNames, env) };
    await store().writeRegistry(
      registryEntry({ life, dependencies: { environment, files: stamps }, ...with_ }),
    );
  };
  const cached = "made-up registry secret";
  const loggedIn = "made-up login secret";

  beforeEach(async () => {
    writeFileSync(config(), "[profile ci]\nregion = us-east-1\n");
    await cache();
  });

  it("returns the token while nothing has changed", () => assert.equal(secretFor(), cached));

  it("returns nothing for an unknown host, or without a state folder", () => {
    assert.equal(secretFor(now, env, otherHost), undefined);
    rmSync(state(), { recursive: true });
    assert.equal(secretFor(), undefined);
  });

  describe("and the token's life", () => {
    it("returns it until minValidity is reached, and not after", () => {
      assert.equal(secretFor(now + 11 * hour - 1), cached);
      assert.equal(secretFor(now + 11 * hour), undefined);
      assert.equal(secretFor(now + 12 * hour), undefined);
    });

    it("leaves a clock before the time of issue to the cold path", () => {
      assert.equal(secretFor(now - 3 * minute), undefined);
    });

    (clock.boot ? it : it.skip)("goes by the boot's age where the clock was set back", async () => {
      const { id = "", uptime = 0 } = clock.boot ?? {};
      const boot = { id, uptime: uptime - 12 * hour };
      await cache({ life: { ...life, boot } });
      assert.equal(secretFor(), undefined);
      await cache({ life: { ...life, boot: { ...boot, id: "another boot" } } });
      assert.equal(secretFor(), cached);
    });
  });

  describe("and the environment", () => {
    for (const variable of ambientNames) {
      it(`leaves ${variable} set, changed, emptied or unset to the cold path`, () => {
        const others = [undefined, "", "other"].filter((value) => value !== env[variable]);
        for (const value of others)
          assert.equal(secretFor(now, { ...env, [variable]: value }), undefined, `${value}`);
      });
    }

    it("ignores other variables", () => {
      assert.equal(secretFor(now, { ...env, AWS_REGION: "eu-west-1", PATH: "/bin" }), cached);
    });
  });

  describe("and the files", () => {
    const edits: [edit: string, work: () => void][] = [
      ["edited", () => writeFileSync(config(), "[profile ci]\nregion = eu-west-1, now longer\n")],
      ["edited, with its size and time kept", () => keepingTime((path) => writeFileSync(path, sameSize()))],
      ["replaced, with its size and time kept", () => keepingTime(replace)],
      ["touched", () => utimesSync(config(), 1, 1)],
      ["removed", () => rmSync(config())],
      ["created where none was", () => writeFileSync(absent(), "")],
    ];
    for (const [edit, work] of edits) {
      it(`leaves a file that was ${edit} to the cold path`, () => {
        nextTick(config());
        work();
        assert.equal(secretFor(), undefined);
      });
    }

    const sameSize = () => "[profile ci]\nregion = xx-east-1\n";
    const replace = (path: string) => {
      writeFileSync(`${path}.new`, sameSize());
      renameSync(`${path}.new`, path);
    };
    const keepingTime = (work: (path: string) => void) => {
      const { size, atime, mtime } = statSync(config());
      work(config());
      utimesSync(config(), atime, mtime);
      assert.equal(statSync(config()).size, size);
    };

    it("checks each of several", () => {
      const stamps = ["a", "b", "c"].map((file) => {
        writeFileSync(`${temp()}/${file}`, "");
        return { path: `${temp()}/${file}`, stamp: files.stamp(`${temp()}/${file}`) };
      });
      const dependencies = {
        environment: { names: [], fingerprint: environmentFingerprint([], {}) },
        files: stamps,
      };
      assert.equal(dependenciesHold(files, dependencies, env), true);
      for (const { path } of stamps) {
        rmSync(path);
        assert.equal(dependenciesHold(files, dependencies, env), false);
        writeFileSync(path, "");
      }
    });
  });

  describe("and explicit logins", () => {
    const logIn = (secret = loggedIn, at = life) => store().writeLogin(loginEntry({ secret, life: at }));

    it("returns the login first, independent of the identity", async () => {
      await logIn();
      assert.equal(secretFor(), loggedIn);
      assert.equal(secretFor(now, {}), loggedIn);
      await store().removeRegistry(host);
      assert.equal(secretFor(), loggedIn);
    });

    it("returns it until its expiry, since it can't be renewed", async () => {
      await logIn();
      assert.equal(secretFor(now + 12 * hour - 1), loggedIn);
    });

    it("skips an expired one", async () => {
      await logIn(loggedIn, twelveHours({ ...clock, now: now - 12 * hour }));
      assert.equal(secretFor(), cached);
      assert.equal(secretFor(now + 12 * hour), undefined);
    });

    it("skips a logout", async () => {
      await store().writeLogin(logoutEntry());
      assert.equal(secretFor(), cached);
    });

    for (const [what, text] of [
      ["cut off", "docker-credential-ecr 2 login\nhost "],
      ["of a newer format", newer(formatEntry(loginEntry({ life })))],
      ["another host's", formatEntry(loginEntry({ host: otherHost, life }))],
    ] as const) {
      it(`leaves one whose file is ${what} to the cold path, which reports it`, async () => {
        await logIn();
        writeFileSync(loginPath(state(), host), text);
        assert.equal(secretFor(), undefined);
      });
    }

    it("leaves a link, or one in the previous format, to the cold path", async () => {
      await logIn();
      linkTo(loginPath(state(), host), `${temp()}/login`);
      assert.equal(secretFor(), undefined);
      rmSync(loginPath(state(), host));
      assert.equal(secretFor(), cached);
      writeFileSync(previousLoginPath(state(), host), "{");
      assert.equal(secretFor(), undefined);
    });
  });

  describe("and the token's file", () => {
    const path = () => tokenPath(state(), host);
    const spoilt: [what: string, work: () => void][] = [
      ["empty", () => writeFileSync(path(), "")],
      ["cut off", () => writeFileSync(path(), "docker-credential-ecr 2 token\nhost ")],
      ["of a newer format", () => writeFileSync(path(), newer(formatEntry(registryEntry({ life }))))],
      ["another host's", () => writeFileSync(path(), formatEntry(registryEntry({ host: otherHost, life })))],
      ["readable by the group", () => chmodSync(path(), 0o640)],
      ["readable by all", () => chmodSync(path(), 0o604)],
      ["a link", () => linkTo(path(), `${temp()}/real`)],
    ];
    for (const [what, work] of spoilt) {
      it(`is ignored if it is ${what}`, () => {
        work();
        assert.equal(secretFor(), undefined);
      });
    }

    itAsRoot("is ignored if it belongs to another user", () => {
      chownSync(path(), otherUserId, otherUserId);
      assert.equal(secretFor(), undefined);
    });
  });
}

/** A valid text of the next format version. */
function newer(text: string): string {
  return withChecksum((withoutChecksum(text) ?? "").replace(" 2 ", " 3 "));
}

/** Moves a file away and replaces it with a symbolic link. */
function linkTo(path: string, elsewhere: string): void {
  renameSync(path, elsewhere);
  symlinkSync(elsewhere, path);
}

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import type { Service } from "../../src/service/service.ts";
import { quote, systemdUnit, unitName } from "../../src/service/systemd-unit.ts";
import { needs } from "../support/e2e/needs.ts";
import { readSystemdWord } from "../support/fakes/systemd-word.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";
import { serviceOf } from "./services.ts";

const root = { name: "root", uid: 0, home: "/root" };
// An existing user: systemd-analyze checks that.
const { username: name, uid, homedir: home } = userInfo();
const kinds: Readonly<Record<string, Partial<Service>>> = {
  user: {},
  system: { isSystem: true, account: { name, uid: uid || 1000, home } },
  "system's of root": { isSystem: true, account: root },
};

describe("systemdUnit", () => {
  const folder = useTempFolder();

  /** systemd-analyze on the unit's file. */
  function analyze(service: Service, args: readonly string[], text = systemdUnit(service)) {
    const path = join(folder(), unitName(service));
    writeFileSync(path, text);
    const scope = service.isSystem ? [] : ["--user"];
    const { status, stdout, stderr } = spawnSync("/usr/bin/systemd-analyze", [...scope, ...args, path], {
      // --user needs the folder of its sockets.
      env: { XDG_RUNTIME_DIR: folder(), HOME: folder(), LC_ALL: "C" },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  /** A service whose program exists: systemd-analyze checks that. */
  function startable(more: Partial<Service>, path = "bin/docker-credential-ecr"): Service {
    const program = join(folder(), path);
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync("/bin/true", program);
    return serviceOf({ ...more, program });
  }

  describe("by systemd-analyze", () => {
    needs("systemd-analyze");

    for (const [kind, more] of Object.entries(kinds)) {
      it(`verify accepts a ${kind} unit, whatever its path and environment`, () => {
        const service = startable(
          { ...more, environment: [{ name: "XDG_STATE_HOME", value: '/a b/%n$HOME"\\x' }] },
          "a b%n $HOME é;#/docker-credential-ecr",
        );
        assert.deepEqual(analyze(service, ["verify"]), { status: 0, stdout: "", stderr: "" });
      });
    }

    it("verify reports a misspelt key or a missing program", () => {
      const service = startable({});
      const text = systemdUnit(service);
      assert.match(analyze(service, ["verify"], text.replace("UMask", "Umask")).stderr, /Unknown key/);
      const gone = { ...service, program: join(folder(), "gone") };
      assert.match(analyze(gone, ["verify"]).stderr, /not executable/);
    });

    // A user unit can't be more restricted without namespaces: see hardening.ts.
    for (const [kind, limit] of [
      ["user", 67],
      ["system", 27],
      ["system's of root", 34],
    ] as const) {
      it(`security finds an exposure of at most ${limit / 10} for a ${kind} unit`, () => {
        const service = serviceOf(kinds[kind]);
        const args = ["security", "--offline=true", "--no-pager", `--threshold=${limit}`];
        const { status, stdout } = analyze(service, args);
        assert.equal(status, 0, stdout);
        assert.match(stdout, /Overall exposure level/);
      });
    }
  });

  it("has no option in a user unit that needs a namespace", () => {
    const needNamespaces =
      /^(?:Protect|Private(?!Network)|ReadOnly|ReadWrite|Inaccessible|ExecPaths|NoExec|Temporary|Bind|Root|ProcSubset|CapabilityB|Ambient)/m;
    assert.doesNotMatch(systemdUnit(serviceOf()), needNamespaces);
    assert.match(systemdUnit(serviceOf(kinds["system"])), needNamespaces);
  });

  it("does not restrict the JIT, other programs' devices and files", () => {
    for (const more of Object.values(kinds)) {
      assert.doesNotMatch(
        systemdUnit(serviceOf(more)),
        /MemoryDenyWriteExecute|PrivateDevices|ProtectClock|ProtectHome|PrivateTmp|=strict/,
      );
    }
  });

  it("gives only root's service the capabilities to write outputs of other users", () => {
    assert.match(systemdUnit(serviceOf(kinds["system's of root"])), /^CapabilityBoundingSet=CAP_CHOWN /m);
    const ci = serviceOf({ isSystem: true });
    assert.match(systemdUnit(ci), /^CapabilityBoundingSet=$/m);
    assert.match(systemdUnit(ci), /^User=ci$/m);
    assert.match(systemdUnit(ci), /^RequiresMountsFor="\/home\/ci"$/m);
    assert.equal(unitName(ci), "docker-credential-ecr-ci.service");
  });
});

describe("quote", () => {
  it("is read back unchanged by systemd's rules", () => {
    const nasty = fc.stringMatching(/^[ -~\n\t\u{e9}\u{1f600}]*$/u);
    const signs = fc.string({ unit: fc.constantFrom("%", "\\", '"', "'", "$", " ", "\n", "n", "x", "4") });
    fc.assert(
      fc.property(fc.oneof(nasty, signs), (word) => {
        const quoted = quote(word);
        assert.equal(readSystemdWord(quoted), word);
        assert.doesNotMatch(quoted, /\n/);
      }),
    );
  });

  it("does not change a plain word", () => {
    assert.equal(quote("XDG_STATE_HOME=/srv/état"), '"XDG_STATE_HOME=/srv/état"');
  });
});

import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockRefresher } from "../../src/store/state/refresher-state.ts";
import { itAsRoot, otherUserId } from "../support/fakes/temp-folder.ts";
import { diagnose, failures, healthyUser, named, wire } from "../support/program/doctor.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { programPath } from "../support/program/program.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { hour, minute } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";

interface Fault {
  readonly seed: (user: User) => unknown;
  /** All that fails: "NAME CODE". */
  readonly fails: readonly string[];
  /** What the first of them has seen, and its fix. */
  readonly seen?: RegExp;
  readonly fix?: RegExp;
}

const stateFolder = ".local/state/docker-credential-ecr";
const wired = { credHelpers: { [registry]: "ecr" } };

/** An `auth` as Docker keeps it, of a token of ECR's that ends then. */
function authUntil(end: number): string {
  const password = Buffer.from(JSON.stringify({ expiration: Math.floor(end / 1000) })).toString("base64");
  return Buffer.from(`AWS:${password}`).toString("base64");
}

function script(user: User, path: string, text: string, mode = 0o755): void {
  chmodSync(user.write(path, `#!/bin/sh\n${text}\n`), mode);
}

function firstOnPath(user: User, says: string): void {
  script(user, "bin/docker-credential-ecr", `echo '${says}'`);
  user.env.PATH = `${user.home}/bin:${user.env.PATH}`;
}

function heartbeat(user: User, pid: number, ago: number): void {
  const file = { format: 1, pid, startedAt: Date.now() - hour, lastTickAt: Date.now() - ago, state: {} };
  user.write(`${stateFolder}/refresher.json`, JSON.stringify(file));
}

const faults: Readonly<Record<string, Fault>> = {
  "no helper on PATH": {
    seed: (user) => (user.env.PATH = "/usr/bin:/bin"),
    fails: ["helper-path HELPER_NOT_FOUND"],
    fix: /^export PATH="\/.*:\$PATH"$/,
  },
  "a helper on PATH without execute permission": {
    seed: (user) => {
      script(user, "bin/docker-credential-ecr", "", 0o644);
      user.env.PATH = `${user.home}/bin`;
    },
    fails: ["helper-path HELPER_NOT_EXECUTABLE"],
    fix: /^chmod a\+rx .*\/bin\/docker-credential-ecr$/,
  },
  "another program of that name earlier on PATH": {
    seed: (user) => firstOnPath(user, "something else"),
    fails: ["helper-name HELPER_OTHER"],
    seen: /bin\/docker-credential-ecr: it says "something else"$/,
  },
  "another version earlier on PATH": {
    seed: (user) => firstOnPath(user, "docker-credential-ecr (docker-credential-ecr) 0.0.1"),
    fails: ["helper-name HELPER_VERSION"],
    seen: /is version 0\.0\.1/,
  },
  "a config.json that is not JSON": {
    seed: (user) => user.write(".docker/config.json", '{\n "auths": {},\n}'),
    fails: ["docker-config DOCKER_CONFIG_SYNTAX"],
    seen: /line 3/,
  },
  "no configuration for Docker": {
    seed: (user) => wire(user, {}),
    fails: ["docker-wiring NOT_WIRED"],
    fix: new RegExp(`^docker-credential-ecr configure-docker ${registry}$`),
  },
  "no config.json": {
    seed: (user) => (user.env.DOCKER_CONFIG = `${user.home}/elsewhere`),
    fails: ["docker-wiring NOT_WIRED", "packer DOCKER_CONFIG_ELSEWHERE"],
  },
  "another helper in credHelpers": {
    seed: (user) => wire(user, { credHelpers: { [registry]: "ecr-login" } }),
    fails: ["docker-wiring WIRED_ELSEWHERE"],
    seen: /uses docker-credential-ecr-login/,
    fix: /--replace$/,
  },
  "another credsStore and no entry of this helper": {
    seed: (user) => wire(user, { credsStore: "pass" }),
    fails: ["docker-wiring WIRED_ELSEWHERE"],
    seen: /docker-credential-pass .* credsStore/,
  },
  "a helper under a URL, which Docker never uses": {
    seed: (user) => wire(user, { credHelpers: { [`https://${registry}`]: "ecr" } }),
    fails: ["docker-wiring WIRING_KEY"],
  },
  "a stale login next to the helper": {
    seed: (user) =>
      wire(user, { ...wired, auths: { [`https://${registry}`]: { auth: authUntil(Date.now() - hour) } } }),
    fails: ["docker-logins AUTHS_STALE"],
    seen: /expired 1h 0m ago: clients that run no helper/,
    fix: new RegExp(`^docker logout ${registry}$`),
  },
  "a stale login that Docker sends": {
    seed: (user) => wire(user, { auths: { [registry]: { auth: authUntil(Date.now() - hour) } } }),
    fails: ["docker-wiring NOT_WIRED", "docker-logins AUTHS_STALE"],
  },
  "logins of other registries that the helper hides": {
    seed: (user) =>
      wire(user, { credsStore: "ecr", auths: { "https://index.docker.io/v1/": { auth: "bWU6aHVzaA==" } } }),
    fails: ["docker-logins AUTHS_HIDDEN", "keychain KEYCHAIN_UNREACHABLE"],
    seen: /index\.docker\.io/,
  },
  "DOCKER_CONFIG in a temporary folder, as in Packer": {
    seed: (user) => {
      user.write("packer-1/config.json", "{}");
      user.env.DOCKER_CONFIG = `${user.home}/packer-1`;
    },
    fails: ["docker-wiring NOT_WIRED", "packer DOCKER_CONFIG_ELSEWHERE"],
  },
  "helpers that another program removed": {
    seed: async (user) => {
      wire(user, {});
      assert.equal((await user.run(["configure-docker", registry])).exitCode, 0);
      wire(user, { auths: {} });
    },
    fails: ["docker-wiring WIRING_REMOVED"],
    seen: /another program has removed it since/,
    fix: new RegExp(`^docker-credential-ecr configure-docker ${registry}$`),
  },
  "a login in DOCKER_AUTH_CONFIG": {
    seed: (user) => {
      const auths = { [registry]: { auth: authUntil(Date.now() + hour) } };
      user.env.DOCKER_AUTH_CONFIG = JSON.stringify({ auths });
    },
    fails: ["docker-auth AUTH_VARIABLE"],
    fix: /^unset DOCKER_AUTH_CONFIG,/,
  },
  "Docker's snap": {
    seed: (user) => {
      script(user, "snapd/snap", "");
      mkdirSync(`${user.home}/snap/bin`, { recursive: true });
      symlinkSync(`${user.home}/snapd/snap`, `${user.home}/snap/bin/docker`);
      user.env.PATH = `${user.home}/snap/bin:${user.env.PATH}`;
    },
    fails: ["docker-client DOCKER_SNAP"],
    seen: /snap\/bin\/docker is a snap/,
  },
  "REGISTRY_AUTH_FILE that names another file": {
    seed: (user) => {
      user.env.REGISTRY_AUTH_FILE = user.write("auth.json", "{}");
    },
    fails: ["podman-auth REGISTRY_AUTH_FILE"],
    fix: new RegExp(`^docker-credential-ecr configure-docker --podman ${registry}$`),
  },
  "a stale login in podman login's file": {
    seed: (user) => {
      const folder = `${user.home}/runtime`;
      const auths = { [registry]: { auth: authUntil(Date.now() - hour) } };
      user.write("runtime/containers/auth.json", JSON.stringify({ auths }));
      script(user, "clients/podman", "");
      Object.assign(user.env, { XDG_RUNTIME_DIR: folder, PATH: `${user.home}/clients:${user.env.PATH}` });
    },
    fails: ["podman-auth PODMAN_LOGIN_STALE"],
    fix: /^podman logout --authfile \S+\/runtime\/containers\/auth\.json /,
  },
  "Packer's Docker plugin that forgets helpers": {
    seed: (user) =>
      user.write(
        ".config/packer/plugins/github.com/hashicorp/docker/packer-plugin-docker_v1.0.10_x5.0_linux_amd64",
        "",
      ),
    fails: ["packer PACKER_DOCKER_CONFIG"],
    fix: /^set DOCKER_CONFIG=.*\/\.docker /,
  },
  "a state folder that other users can enter": {
    seed: (user) => {
      mkdirSync(user.state, { recursive: true });
      chmodSync(user.state, 0o777);
    },
    fails: ["state STATE_FOLDER"],
    seen: /mode 0777/,
    fix: /^chmod 700 /,
  },
  "a folder in it that other users can enter": {
    seed: (user) => {
      mkdirSync(join(user.state, "tokens"), { recursive: true, mode: 0o700 });
      chmodSync(join(user.state, "tokens"), 0o750);
    },
    fails: ["state STATE_FOLDER"],
    fix: /^chmod 700 .*\/tokens$/,
  },
  "a state folder that is a link": {
    seed: (user) => {
      mkdirSync(dirname(user.state), { recursive: true });
      symlinkSync(user.home, user.state);
    },
    fails: ["state STATE_FOLDER"],
    seen: /not a folder/,
  },
  "an invalid config.yaml": {
    seed: (user) => user.write(configPath, "version: 1\nregistries:\n\t- {}\n"),
    fails: ["config CONFIG_SYNTAX"],
    seen: /config\.yaml:3:/,
  },
  "a config.yaml that other users can write": {
    seed: (user) => chmodSync(user.write(configPath, "version: 1\n"), 0o666),
    fails: ["config CONFIG_WRITABLE"],
    fix: /chmod go-w/,
  },
  "no keychain, with Docker using the helper for all hosts": {
    seed: (user) => wire(user, { credsStore: "ecr" }),
    fails: ["keychain KEYCHAIN_UNREACHABLE"],
    seen: /D-Bus/,
    fix: /fallback/,
  },
  "a killed daemon": {
    seed: (user) => heartbeat(user, 4_194_305, hour),
    fails: ["daemon DAEMON_DEAD"],
    seen: /last heartbeat 1h 0m ago/,
  },
  "a daemon that was killed a moment ago": {
    seed: (user) => heartbeat(user, 4_194_305, minute / 2),
    fails: ["daemon DAEMON_DEAD"],
    seen: /was killed or crashed/,
  },
};

describe("doctor finds on the machine", () => {
  const standing = useStanding({}, "proxy");

  for (const [what, { seed, fails, seen, fix }] of Object.entries(faults)) {
    it(`${what} [${fails}]`, async () => {
      const user = healthyUser(standing);
      await seed(user);
      const diagnostics = await diagnose(user, registry);
      assert.deepEqual(failures(diagnostics), fails);
      const first = diagnostics.find(({ status }) => status === "failed");
      if (seen) assert.match(first?.seen ?? "", seen);
      if (fix) assert.match(first?.fix ?? "", fix);
    });
  }

  itAsRoot("a state folder of another user [state STATE_FOLDER]", async () => {
    const user = healthyUser(standing);
    mkdirSync(user.state, { recursive: true });
    chownSync(user.state, otherUserId, otherUserId);
    const diagnostics = await diagnose(user, registry);
    assert.deepEqual(failures(diagnostics), ["state STATE_FOLDER"]);
    assert.match(named(diagnostics, "state").seen, new RegExp(`belongs to user ${otherUserId}`));
  });

  const mounts = ownMounts();
  for (const [code, script] of [
    ["DISK_FULL", "dd if=/dev/zero of=$DISK/filler 2>/dev/null"],
    ["DISK_READ_ONLY", "mount -o remount,bind,ro $DISK"],
  ] as const) {
    const here = mounts ? it : it.skip;
    here(`a disk that can't be written [disk ${code}]`, async () => {
      const user = healthyUser(standing, { DISK: "" });
      user.env.DISK = user.state;
      mkdirSync(user.state, { recursive: true, mode: 0o700 });
      const mount = `mount -t tmpfs -o size=64k,mode=700 none $DISK && { ${script}; exec "$@"; }`;
      const through = [...(mounts ?? []), ...shell(mount)];
      const ran = await user.run(["doctor", "--json", registry], { through });
      assert.deepEqual(failures(JSON.parse(ran.stdout).diagnostics), [`disk ${code}`]);
    });
  }

  it("nothing if another helper name is this program, as docker-credential-ecr-login may be", async () => {
    const user = healthyUser(standing);
    mkdirSync(join(user.home, "bin"));
    symlinkSync(programPath(), join(user.home, "bin/docker-credential-ecr-login"));
    user.env.PATH = `${user.home}/bin:${user.env.PATH}`;
    wire(user, { credHelpers: { [registry]: "ecr-login" } });
    assert.deepEqual(failures(await diagnose(user, registry)), []);
  });

  it("nothing for an unexpired login of this helper that Docker does not use", async () => {
    const user = healthyUser(standing);
    wire(user, { ...wired, auths: { [registry]: { auth: authUntil(Date.now() + hour) } } });
    assert.deepEqual(failures(await diagnose(user, registry)), []);
  });

  it("nothing for Packer's plugin with DOCKER_CONFIG", async () => {
    const user = healthyUser(standing);
    user.write(
      ".packer.d/plugins/github.com/hashicorp/docker/packer-plugin-docker_v1.1.2_x5.0_linux_amd64",
      "",
    );
    user.env.DOCKER_CONFIG = `${user.home}/.docker`;
    const diagnostics = await diagnose(user, registry);
    assert.equal(named(diagnostics, "packer").status, "ok");
    assert.deepEqual(failures(diagnostics), []);
  });

  it("a daemon that hangs [daemon DAEMON_HANGS]", async () => {
    const user = healthyUser(standing);
    const release = await lockRefresher(user.state);
    try {
      heartbeat(user, process.pid, 10 * minute);
      const diagnostics = await diagnose(user, registry);
      assert.deepEqual(failures(diagnostics), ["daemon DAEMON_HANGS"]);
      assert.match(named(diagnostics, "daemon").seen, /last heartbeat 10m ago/);
    } finally {
      release?.();
    }
  });

  it("nothing for a fresh heartbeat whose process is not visible", async () => {
    const user = healthyUser(standing);
    const release = await lockRefresher(user.state);
    try {
      heartbeat(user, 4_194_305, minute);
      assert.equal(named(await diagnose(user, registry), "daemon").status, "ok");
    } finally {
      release?.();
    }
  });

  it("nothing for a daemon during its first pass", async () => {
    const user = healthyUser(standing);
    const release = await lockRefresher(user.state);
    try {
      const { status, seen } = named(await diagnose(user, registry), "daemon");
      assert.deepEqual([status, seen], ["ok", "it runs, its first pass is under way"]);
    } finally {
      release?.();
    }
  });
});

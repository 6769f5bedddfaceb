import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { foldersOf, homeOf } from "../../src/config/folders.ts";
import { itAsRoot, otherUserId } from "../support/fakes/temp-folder.ts";

const HOME = "/home/somebody";

const FOLDERS: [what: string, env: Record<string, string>, state: string, configFile: string][] = [
  [
    "nothing set",
    {},
    "/home/somebody/.local/state/docker-credential-ecr",
    "/home/somebody/.config/docker-credential-ecr/config.yaml",
  ],
  [
    "both XDG folders",
    { XDG_STATE_HOME: "/s", XDG_CONFIG_HOME: "/c" },
    "/s/docker-credential-ecr",
    "/c/docker-credential-ecr/config.yaml",
  ],
  [
    "one of them",
    { XDG_STATE_HOME: "/s" },
    "/s/docker-credential-ecr",
    "/home/somebody/.config/docker-credential-ecr/config.yaml",
  ],
  [
    "both empty",
    { XDG_STATE_HOME: "", XDG_CONFIG_HOME: "" },
    "/home/somebody/.local/state/docker-credential-ecr",
    "/home/somebody/.config/docker-credential-ecr/config.yaml",
  ],
  [
    "both relative, which the XDG rules tell to ignore: the working folder is anybody's",
    { XDG_STATE_HOME: "state", XDG_CONFIG_HOME: "./config" },
    "/home/somebody/.local/state/docker-credential-ecr",
    "/home/somebody/.config/docker-credential-ecr/config.yaml",
  ],
  [
    "a HOME of the environment beside the one that was asked for",
    { HOME: "/elsewhere" },
    "/home/somebody/.local/state/docker-credential-ecr",
    "/home/somebody/.config/docker-credential-ecr/config.yaml",
  ],
];

describe("foldersOf", () => {
  for (const [what, env, state, configFile] of FOLDERS) {
    it(what, () =>
      assert.deepEqual(foldersOf(env, HOME, ownedBy(process.geteuid?.())), {
        state,
        configFile,
        ...(env.XDG_CONFIG_HOME?.startsWith("/") ? {} : { homeOfConfig: HOME }),
      }),
    );
  }

  itAsRoot("another user's HOME, as under sudo: root's own state folder", () => {
    const configFile = `${HOME}/.config/docker-credential-ecr/config.yaml`;
    const state = "/of-root/.local/state/docker-credential-ecr";
    assert.deepEqual(foldersOf({}, HOME, ownedBy(otherUserId)), {
      state,
      configFile,
      homeOfConfig: HOME,
    });
    const { state: chosen } = foldersOf({ XDG_STATE_HOME: "/s" }, HOME, ownedBy(otherUserId));
    assert.equal(chosen, "/s/docker-credential-ecr");
  });

  it("the root folder as HOME, as container engines set it for a user without an account", () => {
    const { state, configFile } = foldersOf({ XDG_STATE_HOME: "" }, "", ownedBy(0));
    const user = process.geteuid?.();
    const own = `/tmp/docker-credential-ecr-${user}`;
    assert.equal(state, user === 0 ? "/.local/state/docker-credential-ecr" : own);
    assert.equal(configFile, "/.config/docker-credential-ecr/config.yaml");
  });

  it("no HOME", () =>
    assert.deepEqual(foldersOf({}, undefined, ownedBy(0)), {
      state: `/tmp/docker-credential-ecr-${process.geteuid?.()}`,
      configFile: "/etc/docker-credential-ecr/config.yaml",
    }));

  it("slashes at the end of XDG folders", () =>
    assert.deepEqual(foldersOf({ XDG_STATE_HOME: "/s/", XDG_CONFIG_HOME: "/c//" }, HOME, ownedBy(0)), {
      state: "/s/docker-credential-ecr",
      configFile: "/c/docker-credential-ecr/config.yaml",
    }));

  it("a HOME that does not exist", () =>
    assert.match(foldersOf({}, HOME, ownedBy(undefined)).state, /^\/home\/somebody\//));
});

const ownedBy = (uid: number | undefined) => ({
  owner: () => uid,
  read: (path: string) =>
    path === "/etc/passwd"
      ? { text: "daemon:x:1:1::/no:/no\nroot:x:0:0:root:/of-root:/bin/sh\n" }
      : undefined,
});

describe("homeOf", () => {
  it("is HOME without slashes at the end", async () => {
    assert.equal(await homeOf({ HOME }), HOME);
    assert.equal(await homeOf({ HOME: `${HOME}//` }), HOME);
    assert.equal(await homeOf({ HOME: "/" }), "");
  });

  it("is not empty if HOME is unset or empty", async () => {
    for (const env of [{}, { HOME: "" }]) assert.match((await homeOf(env)) ?? "", /^\//);
  });

  it("is the account's home folder in a process without HOME, as under systemd", () => {
    const { HOME: _, ...env } = process.env;
    const room = fileURLToPath(import.meta.resolve("../../src/config/folders.ts"));
    const script = `import { homeOf } from ${JSON.stringify(room)}; console.log(await homeOf(process.env));`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
    const { uid } = userInfo();
    const account = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .find((fields) => fields[2] === String(uid));
    assert.equal(stdout.trim(), account?.[5]);
  });
});

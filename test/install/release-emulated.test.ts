import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { muslRoot } from "../../scripts/musl-roots.ts";
import { keys, member, registry, useStanding } from "../support/program/standing.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";
import {
  builtRelease,
  newReleaseFolder,
  platforms,
  releaseVersion,
  withEveryPlatform,
} from "../support/release/build-release.ts";
import {
  type EmulatedProgram,
  type EmulatedSystem,
  emulatedProgram,
  missingFor,
} from "../support/release/emulated-program.ts";

const arm64Root = "/usr/aarch64-linux-gnu";
const muslRoots = "node scripts/bun.mjs scripts/musl-roots.ts";

const systems: Readonly<Record<string, EmulatedSystem>> = {
  "an x64 processor without AVX2": {
    platform: "linux-x64-baseline",
    qemu: ["qemu-x86_64-static", "-cpu", "Nehalem"],
  },
  arm64: {
    platform: "linux-arm64",
    qemu: ["qemu-aarch64-static"],
    root: { path: arm64Root, madeBy: `${arm64Root} (Debian package libc6-arm64-cross)` },
  },
  "x64 with musl": {
    platform: "linux-x64-musl",
    qemu: ["qemu-x86_64-static"],
    root: { path: muslRoot("x86_64"), madeBy: muslRoots },
  },
  "arm64 with musl": {
    platform: "linux-arm64-musl",
    qemu: ["qemu-aarch64-static"],
    root: { path: muslRoot("aarch64"), madeBy: muslRoots },
  },
};

const config = `version: 1
identities: { alice: { profile: alice } }
registries: [{ account: "111122223333", regions: [us-east-1], identity: alice }]
`;

describe("a release's program", function () {
  // The build takes minutes, and an emulated program takes ten times as long as others.
  this.timeout(900_000);
  const standing = useStanding();

  before(function () {
    if (!withEveryPlatform || process.platform !== "linux" || process.arch !== "x64") this.skip();
  });

  for (const [name, system] of Object.entries(systems)) {
    describe(`on ${name}`, () => {
      let program: EmulatedProgram;
      before(function () {
        const missing = missingFor(system);
        if (missing !== undefined) {
          console.log(`skipped: the program on ${name} can't be tried without ${missing}`);
          return this.skip();
        }
        if (!platforms.includes(system.platform.replace("-baseline", ""))) return this.skip();
        const tarball = join(
          builtRelease(),
          `docker-credential-ecr-${releaseVersion}-${system.platform}.tar.xz`,
        );
        program = emulatedProgram(tarball, join(newReleaseFolder(), system.platform), system);
      });

      it("prints its version", async () => {
        const { stdout } = await standing.user().run(["version"], { program: program.front });
        assert.equal(stdout, `docker-credential-ecr (docker-credential-ecr) ${releaseVersion}\n`);
      });

      it("does a pass of the daemon, whose token builds get", async () => {
        const user = standing.user();
        user.writeAwsKeys({ alice: member("alice") });
        user.write(configPath, config);
        const pass = await user.run(["daemon", "--once", "--verbose"], { program: program.front });
        assert.deepEqual([pass.exitCode, pass.stderr], [0, ""], pass.stdout);
        assert.match(pass.stdout, /1 registry managed, 1 token renewed, 0 failed/);
        assert.ok(existsSync(join(user.state, "tokens", `${registry}.entry`)));
        // The native front alone reads it.
        answered(await user.get(registry, { program: program.front }), registry);
        assert.equal(standing.count("GetAuthorizationToken"), 1);
      });

      it("fetches a token, and its native front returns it without the program", async () => {
        const user = standing.user(keys("alice"));
        let first = await user.get(registry, { program: program.front });
        // On a busy machine an emulated get exceeds its time limit, and is ended by a signal.
        while (first.exitCode === null) first = await user.get(registry, { program: program.front });
        const secret = answered(first, registry);
        const calls = standing.calls();
        program.removeMainProgram();
        assert.equal(answered(await user.get(registry, { program: program.front }), registry), secret);
        assert.equal(standing.calls(), calls);
      });
    });
  }
});

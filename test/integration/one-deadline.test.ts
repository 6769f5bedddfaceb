import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { programAlone } from "../support/program/program.ts";
import { ciRole, keys, member, registry, useStanding } from "../support/program/standing.ts";
import { hour, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

/** What the native front adds after a stdin that took 15 s. */
const late = ["get", "--waited=15000"];

describe("a get whose stdin was slow", function () {
  this.timeout(120_000);
  const standing = useStanding();

  interface Case {
    readonly user: () => User;
    readonly host?: string;
    readonly env?: Readonly<Record<string, string>>;
  }

  const cases: Readonly<Record<string, Case>> = {
    "ECR hangs": {
      user: () => {
        standing.aws.controls.hang("GetAuthorizationToken");
        return standing.user(keys("alice"));
      },
    },
    "STS hangs": {
      user: () => {
        standing.aws.controls.hang("AssumeRole");
        const user = standing.user({ AWS_PROFILE: "role" });
        user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
        user.writeAwsKeys({ alice: member("alice") });
        return user;
      },
    },
    "the container's endpoint hangs": {
      user: () => {
        standing.aws.controls.hang("ContainerCredentials");
        const url = `${standing.aws.urls.container}/credentials`;
        return standing.user({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
      },
    },
    "a credential_process hangs": {
      user: () => {
        const user = standing.user({ AWS_PROFILE: "process" });
        user.writeAwsConfig({ "profile process": { credential_process: "sleep 40" } });
        return user;
      },
    },
    "another helper hangs": {
      host: "ghcr.io",
      user: () => {
        const user = standing.user(keys("alice"));
        chmodSync(user.write("bin/docker-credential-stub", "#!/bin/sh\nexec sleep 40\n"), 0o755);
        user.write(configPath, "version: 1\nfallback: stub\n");
        user.env["PATH"] = `${user.home}/bin:/usr/bin:/bin`;
        return user;
      },
    },
  };

  for (const [what, { user: userOf, host = registry }] of Object.entries(cases)) {
    it(`has only the rest of the time limit if ${what}`, async () => {
      const user = userOf();
      const whole = user.start(["get"], { input: host });
      const rest = user.start(late, { input: host });
      // Not a limit in seconds: the get that has less time left ends first, on every machine.
      const first = await Promise.race([
        whole.ended.then(() => "the other"),
        rest.ended.then(() => "the late one"),
      ]);
      whole.kill("SIGKILL");
      const { stderr, exitCode } = await rest.ended;
      assert.equal(first, "the late one");
      assert.match(stderr, /\[(?:GET_|FALLBACK_)?TIMEOUT\]\n$/);
      assert.equal(exitCode, 1);
    });
  }

  it("returns a stored token, also if nothing of the time limit is left", async () => {
    const alice = standing.user(keys("alice"));
    const secret = answered(await alice.get(registry), registry);
    for (const waited of [19_000, 999_999_999]) {
      const ran = await alice.run(["get", `--waited=${waited}`], { input: registry });
      assert.equal(answered(ran, registry), secret);
    }
  });

  it("returns a token with little time left if AWS hangs", async () => {
    const alice = standing.user(keys("alice"));
    const secret = answered(await alice.get(registry), registry);
    passTime(alice, 11.5 * hour);
    standing.aws.controls.hang("GetAuthorizationToken");
    assert.equal(answered(await alice.run(late, { input: registry }), registry), secret);
  });

  it("keeps to the limit for stdin that is left, without the native front", async () => {
    const through = ["sh", "-c", `exec "${programAlone()}" get --waited=18900 <>"$HOME/pipe"`];
    const alice = standing.user(keys("alice"));
    assert.equal(Bun.spawnSync(["mkfifo", `${alice.home}/pipe`]).exitCode, 0);
    assert.match((await alice.run([], { through })).stderr, /\[(?:STDIN_READ|GET_TIMEOUT)\]\n$/);
  });

  for (const args of [
    ["get", "--waited"],
    ["get", "--waited=-1"],
    ["get", "--waited=1", "x"],
    ["list", "--waited=1"],
  ]) {
    it(`refuses "${args.join(" ")}"`, async () => {
      const ran = await standing.user(keys("alice")).run(args, { input: registry });
      assert.match(ran.stdout, /^Usage: /);
      assert.equal(ran.exitCode, 1);
    });
  }
});

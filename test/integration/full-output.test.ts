import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { healthyUser } from "../support/program/doctor.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";

import { answered } from "../support/program/verdicts.ts";

describe("on a full disk", () => {
  const standing = useStanding();

  const full = existsSync("/dev/full") ? it : it.skip;
  full("no command says that it has printed what was lost", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", "us-east-1"));
    assert.equal((await user.run(["refresh"])).exitCode, 0);
    for (const args of [
      ["export", "--format", "docker-config"],
      ["status"],
      ["status", "--json"],
      ["status", "--prometheus"],
      ["registries"],
      ["doctor", "--json"],
    ]) {
      for (const [to, code] of [
        ["> /dev/full", "ENOSPC"],
        [">&-", "EBADF"],
      ]) {
        const ran = await user.run(args, { through: shell(`exec "$@" ${to}`) });
        assert.equal(ran.exitCode, 1, args.join(" "));
        const reason = new RegExp(
          `^docker-credential-ecr: .* \\(${code}\\)\\. Fix: .* \\[STDOUT_WRITE\\]\\n$`,
        );
        assert.match(ran.stderr, reason, args.join(" "));
      }
    }
  });

  full("configure-docker without an output fails, and can be repeated and undone", async () => {
    for (const to of ["> /dev/full", ">&-"]) {
      const user = keeper(standing, aliceKeeps("111122223333", "us-east-1"));
      const through = shell(`exec "$@" ${to}`);
      const ran = await user.run(["configure-docker", registry], { through });
      assert.match(ran.stderr, /\[STDOUT_WRITE\]\n$/);
      assert.equal(ran.exitCode, 1);
      const again = await user.run(["configure-docker", registry]);
      assert.equal(again.exitCode, 0);
      assert.equal((await user.run(["configure-docker", "--undo"])).exitCode, 0);
      assert.ok(!existsSync(join(user.home, ".docker/config.json")), "the undo record is complete");
    }
  });

  const protocol = [
    ["get", registry],
    ["get", "registry.example"],
    ["list", ""],
    ["version", ""],
    ["--version", ""],
    ["--help", ""],
    ["daemon --help", ""],
    ["no-such-word", ""],
  ] as const;
  for (const [where, to] of [
    ["a full disk", "> /dev/full"],
    ["a closed stdout", ">&-"],
  ]) {
    for (const [line, input] of protocol) {
      full(`'${line}' of ${input || "nothing"} to ${where} fails and says why`, async () => {
        const user = standing.user(keys("alice"));
        const ran = await user.run(line.split(" "), { input, through: shell(`exec "$@" ${to}`) });
        assert.equal(ran.exitCode, 1);
        assert.match(ran.stderr, /\((?:ENOSPC|EBADF)\)\. Fix: .* \[STDOUT_WRITE\]\n$/);
      });
    }
  }

  full("a warm get fails too, and a token that is cut is none", async () => {
    const user = standing.user(keys("alice"));
    assert.equal((await user.get(registry)).exitCode, 0);
    for (const to of ["> /dev/full", ">&-"]) {
      const ran = await user.get(registry, { through: shell(`exec "$@" ${to}`) });
      assert.equal(ran.exitCode, 1, to);
    }
    const ran = await user.get(registry, { through: shell(`"$@" > /dev/null; echo "$?"`) });
    assert.equal(ran.stdout, "0\n");
  });

  full("store, which prints nothing, works without an output", async () => {
    const user = standing.user(keys("alice"));
    const through = shell('exec "$@" >&-');
    const secret = answered(await user.get(registry), registry);
    assert.equal((await user.store(registry, "AWS", secret, { through })).exitCode, 0);
    assert.equal((await user.erase(registry, { through })).exitCode, 0);
  });

  const mounts = ownMounts();
  const here = mounts ? it : it.skip;
  here("no incomplete bundle or metrics file remains, and the fix is to free space", async () => {
    const user = healthyUser(standing);
    const disk = join(user.home, "disk");
    mkdirSync(disk);
    const script = `mount -t tmpfs -o size=16k none "${disk}"; cp /dev/zero "${disk}/filler" 2>/dev/null; "$@"; ended=$?; ls "${disk}"; exit $ended`;
    const through = [...(mounts ?? []), ...shell(script)];
    for (const [args, code] of [
      [["doctor", "--json", "--bundle", join(disk, "report")], "BUNDLE_WRITE"],
      [["status", "--prometheus", join(disk, "ecr.prom")], "METRICS_WRITE"],
    ] as const) {
      const ran = await user.run(args, { through });
      assert.equal(ran.exitCode, 1);
      assert.match(ran.stdout, /(?:^|\n)filler\n$/);
      assert.match(ran.stderr, new RegExp(`\\(ENOSPC\\)\\. Fix: free .* \\[${code}\\]\\n$`));
    }
  });
});

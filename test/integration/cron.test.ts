import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "../support/program/guide.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { programPath } from "../support/program/program.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { entryIn, hour, passTime, tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";

const pages = ["README.md", ...new Bun.Glob("docs/**/*.md").scanSync(root), "examples/README.md"];
/** The lines for crontabs in the documentation: five fields and a command. */
const lines = pages.flatMap((page) => {
  const found = readFileSync(join(root, page), "utf8").matchAll(/^(?:[\d*/,-]+ ){5}(.+)$/gm);
  return [...found].map(([, command = ""]) => [page, command] as const);
});

const mounts = ownMounts();
const itWithMounts = mounts ? it : it.skip;

describe("lines for cron in the documentation", function () {
  this.timeout(120_000);
  const standing = useStanding({}, "proxy");
  let user: User;
  beforeEach(() => {
    user = keeper(standing, aliceKeeps("111122223333"));
  });

  /**
   * Runs a command as cron does: with /bin/sh and almost no variables, on a machine where root has installed the program.
   *
   * @param more shell commands that show the result
   */
  async function cron(command: string, more = ""): Promise<{ output: string; exitCode: unknown }> {
    const kubectl = "#!/bin/sh\\ngrep -q kubernetes.io/dockerconfigjson && echo applied\\n";
    const machine = `mount -t tmpfs none /usr/local && mount -t tmpfs none /var/lib || exit 99
mkdir -p /usr/local/bin /var/lib/prometheus/node-exporter
ln -s '${programPath()}' /usr/local/bin/docker-credential-ecr
printf '${kubectl}' >/usr/local/bin/kubectl; chmod 755 /usr/local/bin/kubectl
cd "$HOME"; /bin/sh -c "$1"; code=$?; ${more}
exit $code`;
    const { PATH: _, HOME, ...aws } = user.env;
    const env = { ...aws, HOME, PATH: "/usr/bin:/bin", SHELL: "/bin/sh", LOGNAME: "ci" };
    const [program = "", ...args] = [...(mounts ?? []), ...shell(machine), command];
    const child = spawn(program, args, {
      env: env as Record<string, string>,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { output: stdout + stderr, exitCode: await ended };
  }

  /** The splay is for many hosts. */
  const atOnce = (command: string) => command.replace(/--splay \S+/, "--splay 0s");

  it("are there", () => {
    assert.ok(lines.filter(([, command]) => command.includes("daemon --once")).length >= 3);
    assert.ok(lines.some(([, command]) => command.includes("--prometheus")));
  });

  for (const [page, command] of lines) {
    itWithMounts(`${page}: ${command} prints nothing while all is OK`, async () => {
      for (let run = 0; run < 2; run++) {
        assert.deepEqual(await cron(atOnce(command)), { output: "", exitCode: 0 });
        // The first run of the one renews the token; without it, status has a reason to fail.
        if (run === 0) await user.run(["refresh"]);
      }
      if (command.includes("daemon")) assert.ok(entryIn(tokenFile(user, registry)));
    });
  }

  for (const [page, command] of lines.filter(([, each]) => each.includes("daemon"))) {
    itWithMounts(`${page}: ${command} prints the reason if a renewal fails`, async () => {
      await user.run(["refresh"]);
      passTime(user, 7 * hour);
      standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
      const { output, exitCode } = await cron(atOnce(command));
      assert.equal(exitCode, 1);
      assert.match(output, /not renewed since .*\[ACCESS_DENIED\]\n/);
      user.write(configPath, "version: 1\nregistires: []\n");
      assert.match((await cron(atOnce(command))).output, /config\.yaml:2:1: .*\[CONFIG_INVALID\]\n/);
    });
  }

  for (const [page, command] of lines.filter(([, each]) => each.includes("--prometheus"))) {
    itWithMounts(`${page}: ${command} writes the metrics, also while AWS fails`, async () => {
      const [, file] = /--prometheus (\S+)/.exec(command) ?? [];
      await user.run(["refresh"]);
      passTime(user, 13 * hour);
      standing.aws.controls.fail("GetAuthorizationToken");
      const { output } = await cron(command, `ls -l ${file}; cat ${file}`);
      assert.match(output, /^-rw-r--r--/m);
      assert.match(output, /^docker_credential_ecr_token_\w+\{[^}]*registry="111122223333\./m);
    });
  }
});

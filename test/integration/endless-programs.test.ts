import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { longestGet, type Measured, measuredGet, mostMemory } from "../support/program/measured.ts";
import { beginSlowCases, slowCase } from "../support/program/slow-cases.ts";
import { member, registry } from "../support/program/standing.ts";
import { configPath, User } from "../support/program/user.ts";

/** What a program that is asked for credentials may do instead, as a shell script. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "prints without end": "exec yes",
  "prints without a line's end": "exec cat /dev/zero",
  "prints JSON without end": `printf '{"Version":1,"AccessKeyId":"'; exec yes`,
  "prints to stderr without end, and ends": "yes | head -c 300000000 >&2; exit 1",
  "lets a child print without end": "yes & exit 1",
  "prints half a gigabyte and ends": "head -c 500000000 /dev/zero",
};
/** These take as long as a get lets them. */
const SLOW: Readonly<Record<string, string>> = {
  "prints nothing and does not end": "exec sleep 600",
  "ignores the signal to end": "trap '' TERM HUP INT; while :; do sleep 1; done",
  "prints a byte a second": "while :; do printf a; sleep 1; done",
  "fills stderr and does not end": "exec yes >&2",
};
const PARTS = [
  ["credential_process", registry, asProcess],
  ["another credential helper", "registry.example.com", asHelper],
] as const;

describe("a program that does not end, or prints a gigabyte", function () {
  this.timeout(120_000);
  before(beginSlowCases);

  for (const [part, server, install] of PARTS) {
    for (const [what, script] of [...Object.entries(SCRIPTS), ...Object.entries(SLOW)]) {
      const act = () => getFrom(server, (user) => install(user, script));
      const outcome = what in SLOW ? slowCase(act) : act;
      it(`as ${part}: ${what}`, async () => {
        const { stdout, exitCode, tookMs, peakBytes } = await outcome();
        assert.ok(peakBytes < mostMemory, `${peakBytes} bytes`);
        assert.ok(tookMs < longestGet, `${tookMs} ms`);
        assert.equal(exitCode, 1);
        assert.ok(stdout.length < 10_000, `${stdout.length} characters`);
      });
    }
  }

  it("as credential_process: a child that keeps the pipe open causes no delay", async () => {
    const { accessKeyId, secretAccessKey } = member("alice");
    const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
    const script = `sleep 600 & echo "$!" >"$HOME/child"; echo '${JSON.stringify(printed)}'`;
    // AWS is not there: what counts is that it is asked at once.
    const { stderr, tookMs } = await getFrom(
      registry,
      (user) => asProcess(user, script),
      (user) => process.kill(Number(readFileSync(`${user.home}/child`, "utf8"))),
    );
    assert.match(stderr, /\[UNREACHABLE\]\n$/);
    assert.ok(tookMs < 15_000, `${tookMs} ms`);
  });
});

function asProcess(user: User, script: string): void {
  user.writeAwsConfig({ default: { credential_process: `sh ${user.write("process.sh", script)}` } });
}

function asHelper(user: User, script: string): void {
  chmodSync(user.write("bin/docker-credential-made-up", `#!/bin/sh\n${script}\n`), 0o755);
  user.env.PATH = `${user.home}/bin:${user.env.PATH}`;
  user.write(configPath, "version: 1\nfallback: made-up\n");
}

async function getFrom(
  server: string,
  install: (user: User) => void,
  after: (user: User) => void = () => {},
): Promise<Measured> {
  const user = new User({ AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_EC2_METADATA_DISABLED: "true" });
  try {
    install(user);
    return await measuredGet(user, server);
  } finally {
    after(user);
    await user.remove();
  }
}

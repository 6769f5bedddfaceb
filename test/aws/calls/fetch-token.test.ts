import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { Identity } from "../../../src/token/identity.ts";
import type { Operation } from "../../support/aws/calls.ts";
import { keysOf } from "../../support/aws/environment.ts";
import { eventually } from "../../support/eventually.ts";
import { Asker, alice, ciRole } from "../asker.ts";

const ambient: Identity = { kind: "ambient" };
const roleOf = (roleArn: string): Identity => ({ kind: "role", roleArn, source: ambient });

describe("fetchToken: failures", () => {
  let asker: Asker;
  before(async () => {
    asker = await Asker.start();
  });
  afterEach(() => asker.reset());
  after(() => asker.stop());

  const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    const result = await work;
    assert.ok(performance.now() - begun < 1_500, "it took too long");
    return result;
  };

  const onceAsked = (operation: Operation) => once(() => asker.aws.controls.calls()[operation] > 0);

  it("ends with the signal where the API hangs, and says what it waited for", async () => {
    asker.aws.controls.hang("GetAuthorizationToken");
    const failure = await inTime(asker.fail({ signal: onceAsked("GetAuthorizationToken") }));
    assert.equal(failure.code, "TIMEOUT");
    assert.match(
      failure.message,
      /timeout while waiting for ECR at api\.ecr\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    );
  });

  it("ends with the signal where the proxy hangs, or STS", async () => {
    asker.aws.controls.hang("Connect");
    assert.equal((await inTime(asker.fail({ signal: onceAsked("Connect") }))).code, "TIMEOUT");
    asker.reset();
    asker.aws.controls.hang("AssumeRole");
    const sts = await inTime(asker.fail({ identity: roleOf(ciRole), signal: onceAsked("AssumeRole") }));
    assert.match(
      sts.message,
      /timeout while waiting for STS at sts\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    );
  });

  it("asks nobody under a signal that has ended", async () => {
    assert.equal((await asker.fail({ signal: AbortSignal.abort() })).code, "TIMEOUT");
    assert.deepEqual(asker.served(), []);
  });

  it("gives one request no longer than its own limit", async () => {
    asker.aws.controls.hang("GetAuthorizationToken");
    const failure = await inTime(asker.fail({ limits: { request: 60 } }));
    assert.equal(failure.code, "TIMEOUT");
    assert.match(failure.message, /api\.ecr\S+ did not answer in time through the proxy 127\.0\.0\.1:\d+ /);
  });

  it("tells of throttling by ECR and by STS", async () => {
    asker.aws.controls.throttle("GetAuthorizationToken");
    assert.equal((await asker.fail()).code, "THROTTLED");
    asker.aws.controls.throttle("AssumeRole");
    const failure = await asker.fail({ identity: roleOf(ciRole) });
    assert.match(failure.message, /STS received too many requests/);
  });

  it("tries again where the SDK does", async () => {
    asker.aws.controls.fail("GetAuthorizationToken", { times: 1 });
    await asker.ask({ env: { ...keysOf(alice), AWS_MAX_ATTEMPTS: "2" } });
    assert.equal(asker.aws.controls.calls().GetAuthorizationToken, 2);
  });

  it("tells the difference of clocks with its sign: AWS's minus ours", async () => {
    for (const offset of [600_000, -600_000]) {
      const { clockSkew } = await asker.ask({ now: () => Date.now() - offset });
      assert.ok(Math.abs(clockSkew - offset) < 2_000, String(clockSkew));
    }
  });

  it("refuses keys of the environment that have expired, before it asks AWS", async () => {
    const env = { ...keysOf(alice), AWS_CREDENTIAL_EXPIRATION: "2001-01-01T00:00:00Z" };
    const failure = await asker.fail({ env });
    assert.equal(failure.code, "SESSION_EXPIRED");
    assert.match(failure.message, /AWS_CREDENTIAL_EXPIRATION/);
    assert.deepEqual(asker.served(), []);
  });

  it("tells of a CA bundle that is not there, before it asks anybody", async () => {
    const failure = await asker.fail({ env: { ...keysOf(alice), AWS_CA_BUNDLE: "/nowhere/ca.pem" } });
    assert.equal(failure.code, "CA_BUNDLE");
    assert.deepEqual(asker.served(), []);
  });

  it("tells of an authority that is not trusted", async () => {
    const failure = await asker.fail({ env: { ...keysOf(alice), AWS_CA_BUNDLE: "" } });
    assert.equal(failure.code, "TLS");
    assert.match(failure.fix, /AWS_CA_BUNDLE/);
  });

  it("takes the CA bundle from the profile", async () => {
    asker.writeConfig(`[default]\nca_bundle = ${asker.aws.caFile}\n`);
    await asker.ask({ env: { ...keysOf(alice), AWS_CA_BUNDLE: "" } });
  });

  it("refuses a role of another partition, and what is no role, before it asks anybody", async () => {
    for (const [arn, code] of [
      ["arn:aws-cn:iam::111122223333:role/ci", "ROLE_PARTITION"],
      ["arn:aws:iam::111122223333:user/ci", "ROLE_ARN"],
      ["ci", "ROLE_ARN"],
    ] as const) {
      assert.equal((await asker.fail({ identity: roleOf(arn) })).code, code);
    }
    assert.deepEqual(asker.served(), []);
  });

  it("does not go on to another source where AWS_PROFILE names none", async () => {
    const failure = await asker.fail({ env: { ...keysOf(alice), AWS_PROFILE: "misspelt" } });
    assert.equal(failure.code, "PROFILE_NOT_FOUND");
    assert.deepEqual(asker.served(), []);
  });

  it("tells what lies in the place of the file in which the profile may be", async () => {
    asker.write(".aws/config/file", "");
    const failure = await asker.fail({ env: { AWS_PROFILE: "p" } });
    assert.match(
      failure.oneLine,
      /profile p was not found: \S+config is a folder\. Fix: .*\[PROFILE_NOT_FOUND\]$/,
    );
  });

  describe("the instance metadata service", () => {
    it("is given its own limit", async () => {
      asker.aws.controls.hang("Imds*");
      const failure = await inTime(asker.fail({ env: {}, limits: { instanceMetadata: 60 } }));
      assert.equal(failure.code, "NO_CREDENTIALS");
      assert.match(
        failure.message,
        /the instance metadata service \(set by AWS_EC2_METADATA_SERVICE_ENDPOINT\) .*did not answer/,
      );
    });

    it("does not keep from ending with the signal, though nothing tells it to", async () => {
      asker.aws.controls.hang("Imds*");
      const failure = await inTime(asker.fail({ env: {}, signal: AbortSignal.timeout(60) }));
      assert.equal(failure.code, "TIMEOUT");
      assert.match(failure.message, /waiting for the instance metadata service/);
    });

    it("is told with what it answered", async () => {
      asker.aws.controls.fail("ImdsRole", { status: 404 });
      assert.match((await asker.fail({ env: {} })).message, /the instance has no role/);
      asker.aws.controls.clear();
      asker.aws.controls.fail("ImdsRole", { status: 500 });
      assert.match((await asker.fail({ env: {} })).message, /answered HTTP 500/);
    });

    it("is not asked where AWS_EC2_METADATA_DISABLED says so", async () => {
      const failure = await asker.fail({ env: { AWS_EC2_METADATA_DISABLED: "true" } });
      assert.match(failure.message, /AWS_EC2_METADATA_DISABLED/);
      assert.deepEqual(asker.served(), []);
    });

    for (const value of ["False", "0", "1", "yes"]) {
      it(`is asked where AWS_EC2_METADATA_DISABLED is ${value}, as by the AWS CLI`, async () => {
        await asker.fail({ env: { AWS_EC2_METADATA_DISABLED: value } }).catch(() => undefined);
        assert.notDeepEqual(asker.served(), []);
      });
    }
  });

  describe("a credential_process", () => {
    const run = (script: string) => {
      const path = asker.write("process.sh", script);
      asker.writeConfig(`[profile p]\ncredential_process = sh ${path}\n`);
      return { identity: { kind: "profile", profile: "p" }, env: { PATH: process.env.PATH ?? "" } } as const;
    };
    const print = (what: object) => `cat <<'END'\n${JSON.stringify(what)}\nEND\n`;
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = alice;

    for (const [what, script, words] of [
      ["fails", "echo test-secret >&2; echo test-secret; exit 3", /: exit code 3$/],
      ["is ended", "kill -TERM $$", /: (ended by SIGTERM|exit code 143)$/],
      ["prints nothing", "true", /not JSON$/],
      ["prints rubbish", "echo test-secret", /not JSON$/],
      [
        "prints another version",
        print({ Version: 2, AccessKeyId, SecretAccessKey }),
        /does not have Version 1$/,
      ],
      ["prints half a pair of keys", print({ Version: 1, SecretAccessKey }), /lacks AccessKeyId/],
      [
        "prints keys that have expired",
        print({ Version: 1, AccessKeyId, SecretAccessKey, Expiration: "2001-01-01T00:00:00Z" }),
        /have expired$/,
      ],
    ] as const) {
      it(`that ${what} is told, without a word of what it wrote`, async () => {
        const failure = await asker.fail(run(script));
        assert.equal(failure.code, "PROCESS_FAILED");
        assert.match(failure.message, words);
      });
    }

    it("that reads its stdin finds the end", async () => {
      await inTime(asker.ask(run(`cat\n${print({ Version: 1, AccessKeyId, SecretAccessKey })}`)));
    });

    it("that hangs ends with the signal, and with it all that it started", async () => {
      const pidFile = `${asker.home}/pid`;
      const hanging = run(`sleep 30 & echo $! > ${pidFile}; wait`);
      const failure = await inTime(asker.fail({ ...hanging, signal: once(() => hasText(pidFile)) }));
      assert.equal(failure.code, "TIMEOUT");
      assert.match(failure.message, /timeout while waiting for the credential_process of profile p$/);
      assert.match(failure.fix, /^run its command by hand/);
      const pid = Number(readFileSync(pidFile, "utf8"));
      await eventually("its end", () => hasEnded(pid));
    });
  });
});

/** A signal that ends when something has come about, or after all after seconds: no pause to be guessed right. */
function once(isSo: () => boolean): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  eventually("something", isSo).then(end, end);
  return controller.signal;
}

function hasText(path: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8").endsWith("\n");
}

/** A killed process whose parent is gone may be a zombie until somebody reaps it. */
function hasEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { Identity } from "../../../src/token/identity.ts";
import type { Operation } from "../../support/aws/calls.ts";
import { keysOf } from "../../support/aws/environment.ts";
import { eventually } from "../../support/eventually.ts";
import { alice, ciRole, TokenClient } from "../token-client.ts";

const ambient: Identity = { kind: "ambient" };
const roleOf = (roleArn: string): Identity => ({ kind: "role", roleArn, source: ambient });

describe("fetchToken: failures", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  afterEach(() => client.reset());
  after(() => client.stop());

  const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    const result = await work;
    assert.ok(performance.now() - begun < 4_500, "it took too long");
    return result;
  };

  const onceAsked = (operation: Operation) => once(() => client.aws.controls.calls()[operation] > 0);

  it("ends on the abort signal if the API hangs, and names the host", async () => {
    client.aws.controls.hang("GetAuthorizationToken");
    const failure = await inTime(client.tokenFailure({ signal: onceAsked("GetAuthorizationToken") }));
    assert.equal(failure.code, "TIMEOUT");
    assert.match(
      failure.message,
      /timeout while waiting for ECR at api\.ecr\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    );
  });

  it("ends on the abort signal if the proxy or STS hangs", async () => {
    client.aws.controls.hang("Connect");
    assert.equal((await inTime(client.tokenFailure({ signal: onceAsked("Connect") }))).code, "TIMEOUT");
    client.reset();
    client.aws.controls.hang("AssumeRole");
    const sts = await inTime(
      client.tokenFailure({ identity: roleOf(ciRole), signal: onceAsked("AssumeRole") }),
    );
    assert.match(
      sts.message,
      /timeout while waiting for STS at sts\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    );
  });

  it("sends no request if the signal is already aborted", async () => {
    assert.equal((await client.tokenFailure({ signal: AbortSignal.abort() })).code, "TIMEOUT");
    assert.deepEqual(client.served(), []);
  });

  it("limits the time of a single request", async () => {
    client.aws.controls.hang("GetAuthorizationToken");
    const failure = await inTime(client.tokenFailure({ limits: { request: 60 } }));
    assert.equal(failure.code, "TIMEOUT");
    assert.match(failure.message, /api\.ecr\S+ did not answer in time through the proxy 127\.0\.0\.1:\d+ /);
  });

  it("reports throttling by ECR and by STS", async () => {
    client.aws.controls.throttle("GetAuthorizationToken");
    assert.equal((await client.tokenFailure()).code, "THROTTLED");
    client.aws.controls.throttle("AssumeRole");
    const failure = await client.tokenFailure({ identity: roleOf(ciRole) });
    assert.match(failure.message, /STS received too many requests/);
  });

  it("reports throttling if the deadline comes before the last attempt", async () => {
    client.aws.controls.throttle("GetAuthorizationToken");
    const signal = once(() => client.aws.controls.calls().GetAuthorizationToken > 1);
    const env = { ...keysOf(alice), AWS_MAX_ATTEMPTS: "50" };
    assert.equal((await inTime(client.tokenFailure({ env, signal }))).code, "THROTTLED");
  });

  it("retries when the SDK does", async () => {
    client.aws.controls.fail("GetAuthorizationToken", { times: 1 });
    await client.fetchToken({ env: { ...keysOf(alice), AWS_MAX_ATTEMPTS: "2" } });
    assert.equal(client.aws.controls.calls().GetAuthorizationToken, 2);
  });

  it("reports the clock offset with its sign: AWS's time minus the local time", async () => {
    for (const offset of [600_000, -600_000]) {
      const { clockSkew } = await client.fetchToken({ now: () => Date.now() - offset });
      assert.ok(Math.abs(clockSkew - offset) < 2_000, String(clockSkew));
    }
  });

  it("refuses expired environment keys before it sends a request", async () => {
    const env = { ...keysOf(alice), AWS_CREDENTIAL_EXPIRATION: "2001-01-01T00:00:00Z" };
    const failure = await client.tokenFailure({ env });
    assert.equal(failure.code, "SESSION_EXPIRED");
    assert.match(failure.message, /AWS_CREDENTIAL_EXPIRATION/);
    assert.deepEqual(client.served(), []);
  });

  it("reports a missing CA bundle before it sends a request", async () => {
    const failure = await client.tokenFailure({
      env: { ...keysOf(alice), AWS_CA_BUNDLE: "/nowhere/ca.pem" },
    });
    assert.equal(failure.code, "CA_BUNDLE");
    assert.deepEqual(client.served(), []);
  });

  it("reports an untrusted certificate authority", async () => {
    const failure = await client.tokenFailure({ env: { ...keysOf(alice), AWS_CA_BUNDLE: "" } });
    assert.equal(failure.code, "TLS");
    assert.match(failure.fix, /AWS_CA_BUNDLE/);
  });

  it("uses the CA bundle of the profile", async () => {
    client.writeConfig(`[default]\nca_bundle = ${client.aws.caFile}\n`);
    await client.fetchToken({ env: { ...keysOf(alice), AWS_CA_BUNDLE: "" } });
  });

  it("refuses a role in another partition and an invalid role before it sends a request", async () => {
    for (const [arn, code] of [
      ["arn:aws-cn:iam::111122223333:role/ci", "ROLE_PARTITION"],
      ["arn:aws:iam::111122223333:user/ci", "ROLE_ARN"],
      ["ci", "ROLE_ARN"],
    ] as const) {
      assert.equal((await client.tokenFailure({ identity: roleOf(arn) })).code, code);
    }
    assert.deepEqual(client.served(), []);
  });

  it("does not use another source if the AWS_PROFILE profile has no credentials", async () => {
    const failure = await client.tokenFailure({ env: { ...keysOf(alice), AWS_PROFILE: "misspelt" } });
    assert.equal(failure.code, "PROFILE_NOT_FOUND");
    assert.deepEqual(client.served(), []);
  });

  it("reports what is at the path of the AWS config file", async () => {
    client.write(".aws/config/file", "");
    const failure = await client.tokenFailure({ env: { AWS_PROFILE: "p" } });
    assert.match(
      failure.oneLine,
      /profile p was not found: \S+config is a folder\. Fix: .*\[PROFILE_NOT_FOUND\]$/,
    );
  });

  describe("the instance metadata service", () => {
    it("has its own time limit", async () => {
      client.aws.controls.hang("Imds*");
      const failure = await inTime(client.tokenFailure({ env: {}, limits: { instanceMetadata: 60 } }));
      assert.equal(failure.code, "NO_CREDENTIALS");
      assert.match(
        failure.message,
        /the instance metadata service \(set by AWS_EC2_METADATA_SERVICE_ENDPOINT\) .*did not answer/,
      );
    });

    it("does not delay the end after the abort signal", async () => {
      client.aws.controls.hang("Imds*");
      const failure = await inTime(client.tokenFailure({ env: {}, signal: AbortSignal.timeout(60) }));
      assert.equal(failure.code, "TIMEOUT");
      assert.match(failure.message, /waiting for the instance metadata service/);
    });

    it("is reported with its response", async () => {
      client.aws.controls.fail("ImdsRole", { status: 404 });
      assert.match((await client.tokenFailure({ env: {} })).message, /the instance has no role/);
      client.aws.controls.clear();
      client.aws.controls.fail("ImdsRole", { status: 500 });
      assert.match((await client.tokenFailure({ env: {} })).message, /answered HTTP 500/);
    });

    it("is not used if AWS_EC2_METADATA_DISABLED is true", async () => {
      const failure = await client.tokenFailure({ env: { AWS_EC2_METADATA_DISABLED: "true" } });
      assert.match(failure.message, /AWS_EC2_METADATA_DISABLED/);
      assert.deepEqual(client.served(), []);
    });

    for (const value of ["False", "0", "1", "yes"]) {
      it(`is used if AWS_EC2_METADATA_DISABLED is ${value}, as in the AWS CLI`, async () => {
        await client.tokenFailure({ env: { AWS_EC2_METADATA_DISABLED: value } }).catch(() => undefined);
        assert.notDeepEqual(client.served(), []);
      });
    }
  });

  describe("a credential_process", () => {
    const run = (script: string) => {
      const path = client.write("process.sh", script);
      client.writeConfig(`[profile p]\ncredential_process = sh ${path}\n`);
      return { identity: { kind: "profile", profile: "p" }, env: { PATH: process.env.PATH ?? "" } } as const;
    };
    const print = (what: object) => `cat <<'END'\n${JSON.stringify(what)}\nEND\n`;
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = alice;

    for (const [what, script, words] of [
      ["fails", "echo test-secret >&2; echo test-secret; exit 3", /: exit code 3$/],
      ["is killed", "kill -TERM $$", /: (ended by SIGTERM|exit code 143)$/],
      ["prints nothing", "true", /not JSON$/],
      ["prints invalid JSON", "echo test-secret", /not JSON$/],
      [
        "prints another version",
        print({ Version: 2, AccessKeyId, SecretAccessKey }),
        /does not have Version 1$/,
      ],
      ["prints an incomplete pair of keys", print({ Version: 1, SecretAccessKey }), /lacks AccessKeyId/],
      [
        "prints expired keys",
        print({ Version: 1, AccessKeyId, SecretAccessKey, Expiration: "2001-01-01T00:00:00Z" }),
        /have expired$/,
      ],
    ] as const) {
      it(`that ${what} is reported, without its output`, async () => {
        const failure = await client.tokenFailure(run(script));
        assert.equal(failure.code, "PROCESS_FAILED");
        assert.match(failure.message, words);
      });
    }

    it("gets an empty stdin", async () => {
      await inTime(client.fetchToken(run(`cat\n${print({ Version: 1, AccessKeyId, SecretAccessKey })}`)));
    });

    it("is ended on the abort signal, with its child processes", async () => {
      const pidFile = `${client.home}/pid`;
      const hanging = run(`sleep 30 & echo $! > ${pidFile}; wait`);
      const failure = await inTime(client.tokenFailure({ ...hanging, signal: once(() => hasText(pidFile)) }));
      assert.equal(failure.code, "TIMEOUT");
      assert.match(failure.message, /timeout while waiting for the credential_process of profile p$/);
      assert.match(failure.fix, /^run its command by hand/);
      const pid = Number(readFileSync(pidFile, "utf8"));
      await eventually("its end", () => hasEnded(pid));
    });
  });
});

/** A signal that aborts when a condition is met, or after some seconds. So the test needs no fixed pause. */
function once(isSo: () => boolean): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  eventually("something", isSo).then(end, end);
  return controller.signal;
}

function hasText(path: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8").endsWith("\n");
}

/** Whether a process is gone. A killed process whose parent has ended may remain as a zombie until it is reaped. */
function hasEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

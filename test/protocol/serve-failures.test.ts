import assert from "node:assert/strict";
import { serve } from "../../src/protocol/serve.ts";
import { Failure } from "../../src/token/failure.ts";
import { host } from "../support/fakes/entries.ts";
import { FakeBackends } from "../support/fakes/helper-ports.ts";

describe("failures in Docker's protocol", () => {
  let backends: FakeBackends;
  beforeEach(() => {
    backends = new FakeBackends();
    backends.reportsFailures = true;
  });
  const credential = JSON.stringify({ ServerURL: host, Username: "AWS", Secret: "s" });
  const inputs = { get: host, store: credential, erase: host, list: "unused" } as const;

  for (const [action, input] of Object.entries(inputs)) {
    it(`${action} reports a failure on one line, on stdout for the client and on stderr for the user`, async () => {
      backends.trouble = new Failure("NO_CREDENTIALS", "no AWS\ncredentials", "aws sso login");
      const told = "no AWS credentials. Fix: aws sso login. [NO_CREDENTIALS]\n";
      const { failure, ...answer } = await backends.run(action as keyof typeof inputs, input);
      assert.deepEqual(answer, { stdout: told, stderr: `docker-credential-ecr: ${told}`, exitCode: 1 });
      assert.equal(failure, backends.trouble);
    });

    it(`${action} reports only the name of an unexpected error`, async () => {
      backends.trouble = new TypeError("made-up secret in a message");
      const { stdout, exitCode } = await backends.run(action as keyof typeof inputs, input);
      assert.match(stdout, /^an unexpected error \(TypeError\)\. Fix: .* \[INTERNAL\]\n$/);
      assert.equal(exitCode, 1);
    });
  }

  describe("without failures: report", () => {
    beforeEach(() => {
      backends.reportsFailures = false;
      backends.trouble = new Failure("NO_CREDENTIALS", "no AWS credentials", "aws sso login");
    });
    const reason = "no AWS credentials. Fix: aws sso login. [NO_CREDENTIALS]\n";

    it("get prints Docker's text for no credentials, and the reason on stderr", async () => {
      const { failure, ...reply } = await backends.run("get", host);
      assert.equal(failure, backends.trouble);
      assert.deepEqual(reply, {
        stdout: "credentials not found in native keychain\n",
        stderr: `docker-credential-ecr: ${reason}`,
        exitCode: 1,
      });
    });

    it("get is silent about a reason that the client was shown for another spelling", async () => {
      backends.isRepeated = true;
      const { failure, ...reply } = await backends.run("get", `https://${host}`);
      assert.equal(failure, backends.trouble);
      const stdout = "credentials not found in native keychain\n";
      assert.deepEqual(reply, { stdout, stderr: "", exitCode: 1 });
    });

    for (const action of ["store", "erase", "list"] as const) {
      it(`${action} reports the reason on stdout`, async () => {
        assert.equal((await backends.run(action, inputs[action])).stdout, reason);
      });
    }

    it("get refuses an invalid server URL with the reason on stdout", async () => {
      assert.match((await backends.run("get", "user@host")).stdout, /\[BAD_SERVER_URL\]\n$/);
    });
  });

  it("are reported if stdin or a module can't be read", async () => {
    const fail = async () => Promise.reject(new Error("made-up"));
    const warm = { warm: () => undefined, isConfigured: async () => false, isMarked: async () => false };
    const backends = { warm, cold: fail, others: fail };
    const unread = await serve("get", fail, backends);
    const unloaded = await serve("get", async () => host, backends);
    for (const { stdout } of [unread, unloaded]) assert.match(stdout, /\[INTERNAL\]\n$/);
  });

  it("never contain the text for not found, which makes clients continue without credentials", async () => {
    backends.trouble = new Failure(
      "PROCESS_FAILED",
      "credential_process: credentials not found in native keychain",
      "fix",
    );
    const { stdout } = await backends.run("get", host);
    assert.ok(!stdout.includes("credentials not found in native keychain"), stdout);
  });
});

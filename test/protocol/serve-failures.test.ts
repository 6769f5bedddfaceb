import assert from "node:assert/strict";
import { serve } from "../../src/protocol/serve.ts";
import { Failure } from "../../src/token/failure.ts";
import { host } from "../support/fakes/entries.ts";
import { HelperRooms } from "../support/fakes/helper-ports.ts";

describe("Docker's protocol in trouble", () => {
  let backends: HelperRooms;
  beforeEach(() => {
    backends = new HelperRooms();
    backends.reportsFailures = true;
  });
  const credential = JSON.stringify({ ServerURL: host, Username: "AWS", Secret: "s" });
  const inputs = { get: host, store: credential, erase: host, list: "unused" } as const;

  for (const [action, input] of Object.entries(inputs)) {
    it(`${action} tells a failure in one line, on stdout for the client and on stderr for the person`, async () => {
      backends.trouble = new Failure("NO_CREDENTIALS", "no AWS\ncredentials", "aws sso login");
      const told = "no AWS credentials. Fix: aws sso login. [NO_CREDENTIALS]\n";
      const { failure, ...answer } = await backends.run(action as keyof typeof inputs, input);
      assert.deepEqual(answer, { stdout: told, stderr: `docker-credential-ecr: ${told}`, exitCode: 1 });
      assert.equal(failure, backends.trouble);
    });

    it(`${action} tells an error that nobody foresaw by its name alone`, async () => {
      backends.trouble = new TypeError("made-up secret in a message");
      const { stdout, exitCode } = await backends.run(action as keyof typeof inputs, input);
      assert.match(stdout, /^an error that nobody foresaw \(TypeError\)\. Fix: .* \[INTERNAL\]\n$/);
      assert.equal(exitCode, 1);
    });
  }

  describe("unless config.yaml wants the reason on stdout", () => {
    beforeEach(() => {
      backends.reportsFailures = false;
      backends.trouble = new Failure("NO_CREDENTIALS", "no AWS credentials", "aws sso login");
    });
    const reason = "no AWS credentials. Fix: aws sso login. [NO_CREDENTIALS]\n";

    it("get answers with Docker's words for no credentials, and with the reason on stderr", async () => {
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
      it(`${action} reports it as before`, async () => {
        assert.equal((await backends.run(action, inputs[action])).stdout, reason);
      });
    }

    it("get of what is no server URL is refused as before", async () => {
      assert.match((await backends.run("get", "user@host")).stdout, /\[BAD_SERVER_URL\]\n$/);
    });
  });

  it("is told where stdin or the rooms behind can't be had", async () => {
    const fail = async () => Promise.reject(new Error("made-up"));
    const warm = { warm: () => undefined, isConfigured: () => false, isMarked: () => false };
    const backends = { warm, cold: fail, others: fail };
    const unread = await serve("get", fail, backends);
    const unloaded = await serve("get", async () => host, backends);
    for (const { stdout } of [unread, unloaded]) assert.match(stdout, /\[INTERNAL\]\n$/);
  });

  it("is never told in the words for not found, which lead clients to go on without credentials", async () => {
    backends.trouble = new Failure(
      "PROCESS_FAILED",
      "credential_process: credentials not found in native keychain",
      "fix",
    );
    const { stdout } = await backends.run("get", host);
    assert.ok(!stdout.includes("credentials not found in native keychain"), stdout);
  });
});

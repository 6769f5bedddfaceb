import assert from "node:assert/strict";
import { protocolText } from "../../src/protocol/messages.ts";
import { Failure } from "../../src/token/failure.ts";

describe("Failure", () => {
  it("has what failed, the fix and the code on one line", () => {
    const failure = new Failure("NO_CREDENTIALS", "no AWS credentials\nfor x", "set AWS_PROFILE");
    assert.equal(failure.oneLine, "no AWS credentials for x. Fix: set AWS_PROFILE. [NO_CREDENTIALS]");
  });

  it("is one line for an error of another program with several lines, also in the fix", () => {
    const { oneLine } = new Failure("DNS", "a\r\n  b\n\n\tc\rd", "do e\nand f");
    assert.equal(oneLine, "a b c d. Fix: do e and f. [DNS]");
  });

  it("never contains the text that docker-py and Jib search in stdout, on one line or two", () => {
    for (const words of [
      protocolText.notFound,
      protocolText.notFound.toUpperCase(),
      protocolText.notFound.replace(" in", "\nin"),
    ]) {
      const { oneLine } = new Failure("PROCESS_FAILED", `credential_process said: ${words}`, "see its log");
      assert.ok(!oneLine.toLowerCase().includes(protocolText.notFound), oneLine);
    }
  });

  it("is an Error with a code, a fix and a cause", () => {
    const cause = new Error("underneath");
    const failure = new Failure("DNS", "what", "fix", { cause });
    assert.ok(failure instanceof Error);
    assert.deepEqual(
      {
        name: failure.name,
        message: failure.message,
        code: failure.code,
        fix: failure.fix,
        cause: failure.cause,
      },
      { name: "Failure", message: "what", code: "DNS", fix: "fix", cause },
    );
  });

  it("does not show the cause, which may contain a secret", () => {
    const cause = new Error("made-up-secret");
    assert.ok(!new Failure("DNS", "what", "fix", { cause }).oneLine.includes("made-up-secret"));
  });
});

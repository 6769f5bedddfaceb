import assert from "node:assert/strict";
import { protocolText } from "../../src/protocol/messages.ts";
import { Failure } from "../../src/token/failure.ts";

describe("Failure", () => {
  it("puts what failed, the mend and the code in one line", () => {
    const failure = new Failure("NO_CREDENTIALS", "no AWS credentials\nfor x", "set AWS_PROFILE");
    assert.equal(failure.oneLine, "no AWS credentials for x. Fix: set AWS_PROFILE. [NO_CREDENTIALS]");
  });

  it("is one line whatever lines an error of another program has, in the mend as well", () => {
    const { oneLine } = new Failure("DNS", "a\r\n  b\n\n\tc\rd", "do e\nand f");
    assert.equal(oneLine, "a b c d. Fix: do e and f. [DNS]");
  });

  it("never holds the words that docker-py and Jib look for anywhere in stdout, on one line or on two", () => {
    for (const words of [
      protocolText.notFound,
      protocolText.notFound.toUpperCase(),
      protocolText.notFound.replace(" in", "\nin"),
    ]) {
      const { oneLine } = new Failure("PROCESS_FAILED", `credential_process said: ${words}`, "see its log");
      assert.ok(!oneLine.toLowerCase().includes(protocolText.notFound), oneLine);
    }
  });

  it("is an Error with a code, a mend and the error underneath", () => {
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

  it("keeps the error underneath out of its line: that may hold a secret", () => {
    const cause = new Error("made-up-secret");
    assert.ok(!new Failure("DNS", "what", "fix", { cause }).oneLine.includes("made-up-secret"));
  });
});

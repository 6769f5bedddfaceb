import assert from "node:assert/strict";
import { failureLines } from "../../src/terminal/failure-lines.ts";
import { Failure } from "../../src/token/failure.ts";

const denied = new Failure(
  "ACCESS_DENIED",
  {
    summary: "no ECR token for 111122223333.dkr.ecr.us-east-1.amazonaws.com",
    identity: "profile ci, config.yaml:4",
    reason: "access denied: arn:aws:iam::111122223333:user/ci lacks ecr:GetAuthorizationToken",
  },
  'allow ecr:GetAuthorizationToken on resource "*" in an identity-based policy',
);

describe("a failure", () => {
  it("is one line for Docker, with cause, fix and code in this order", () => {
    assert.equal(
      denied.oneLine,
      "no ECR token for 111122223333.dkr.ecr.us-east-1.amazonaws.com (identity: profile ci, config.yaml:4): " +
        "access denied: arn:aws:iam::111122223333:user/ci lacks ecr:GetAuthorizationToken. " +
        'Fix: allow ecr:GetAuthorizationToken on resource "*" in an identity-based policy. [ACCESS_DENIED]',
    );
  });

  it("has no full stop after a command that ends with a path, which would be copied with it", () => {
    const { oneLine } = new Failure("CONFIG_WRITABLE", "others may write it", "run chmod go-w /etc/a.yaml");
    assert.equal(oneLine, "others may write it. Fix: run chmod go-w /etc/a.yaml [CONFIG_WRITABLE]");
  });

  it("is a row for each part on a terminal", () => {
    assert.equal(
      failureLines(denied, 80),
      `error: no ECR token for 111122223333.dkr.ecr.us-east-1.amazonaws.com
  [ACCESS_DENIED]
  identity  profile ci, config.yaml:4
  cause     access denied: arn:aws:iam::111122223333:user/ci lacks
            ecr:GetAuthorizationToken
  fix       allow ecr:GetAuthorizationToken on resource "*" in an identity-based
            policy
`,
    );
  });

  it("is wrapped at words on any terminal, and loses no word", () => {
    for (let columns = 1; columns < 200; columns++) {
      const lines = failureLines(denied, columns);
      assert.equal(
        lines.replace(/\s+/g, " ").trim(),
        failureLines(denied, 10_000).replace(/\s+/g, " ").trim(),
        `${columns}`,
      );
      for (const line of lines.split("\n")) {
        const words = line.trim().split(/\s+/).length;
        const hasName = /^ {2}(identity|cause|fix) |^error: /.test(line);
        assert.ok(line.length <= columns || words <= (hasName ? 2 : 1), `${columns}: ${line}`);
      }
    }
  });

  it("shows no control characters and no second line", () => {
    const text = failureLines(new Failure("INTERNAL", "a\u001b[2Jb\nc", "d\re"), 80);
    assert.ok(!text.includes("\u001b") && !text.includes("\r"));
    assert.equal(text.split("\n").length, 3);
  });
});

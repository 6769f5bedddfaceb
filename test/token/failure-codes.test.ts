import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureCodes, traitsOf } from "../../src/token/failure-codes.ts";

const root = fileURLToPath(new URL("../../src", import.meta.url));

describe("failureCodes", () => {
  it("has no code that nothing makes", () => {
    const files = [...new Bun.Glob("**/*.ts").scanSync(root)].filter(
      (file) => !file.endsWith("failure-codes.ts"),
    );
    const source = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
    assert.deepEqual(
      Object.keys(failureCodes).filter((code) => !source.includes(`"${code}"`)),
      [],
    );
  });

  it("shares nothing that one process alone may meet, and lets no failure of the network pass as anonymous", () => {
    const ofOne = [
      "TIMEOUT",
      "DNS",
      "UNREACHABLE",
      "TLS",
      "PROXY",
      "CA_BUNDLE",
      "BAD_ENDPOINT",
      "GET_TIMEOUT",
    ];
    for (const code of ofOne) {
      assert.deepEqual([traitsOf(code).shared, traitsOf(code).anonymous], [undefined, undefined], code);
    }
  });

  it("shares every refusal that AWS made and only a person can end, but those that name one process' files", () => {
    const unshared = Object.keys(failureCodes).filter(
      (code) => traitsOf(code).retry === "person" && !traitsOf(code).shared,
    );
    assert.deepEqual(unshared, [
      "NO_CREDENTIALS",
      "PROFILE_NOT_FOUND",
      "PROFILE_INCOMPLETE",
      "MFA_REQUIRED",
      "WEB_IDENTITY_FILE",
      "ROLE_ARN",
      "ROLE_PARTITION",
      "REPLICATION_ACCOUNT",
      "CA_BUNDLE",
      "BAD_ENDPOINT",
    ]);
  });

  it("says nothing of a code that another version has noted", () => {
    for (const code of ["NOT_YET_KNOWN", "toString", "__proto__"]) assert.deepEqual(traitsOf(code), {});
  });
});

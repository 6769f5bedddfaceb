import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureCodes, traitsOf } from "../../src/token/failure-codes.ts";

const root = fileURLToPath(new URL("../../src", import.meta.url));

describe("failureCodes", () => {
  it("has no unused code", () => {
    const files = [...new Bun.Glob("**/*.ts").scanSync(root)].filter(
      (file) => !file.endsWith("failure-codes.ts"),
    );
    const source = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
    assert.deepEqual(
      Object.keys(failureCodes).filter((code) => !source.includes(`"${code}"`)),
      [],
    );
  });

  it("shares no failure of a single process, and allows no anonymous pull after a network failure", () => {
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

  it("shares every refusal by AWS that only a user can end, except those about one process's files", () => {
    const unshared = Object.keys(failureCodes).filter(
      (code) => traitsOf(code).retry === "user" && !traitsOf(code).shared,
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

  it("has no traits for a code of another version", () => {
    for (const code of ["NOT_YET_KNOWN", "toString", "__proto__"]) assert.deepEqual(traitsOf(code), {});
  });
});

import assert from "node:assert/strict";
import { shell } from "../support/program/namespace.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { told } from "../support/program/verdicts.ts";

const spellings = [`${registry}/team/app`, registry, `https://${registry}`];

/** Starts the program as another process than this one does: the shell waits for it. */
const byAnother = shell('"$@"; exit $?');

describe("a client that tries several spellings of a registry", () => {
  const standing = useStanding();

  it("is shown the reason once", async () => {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    const [first = "", ...others] = spellings;
    const reason = told(await user.get(first), "NO_CREDENTIALS");
    for (const other of others) {
      const { stdout, stderr, exitCode } = await user.get(other);
      assert.deepEqual([stdout, stderr, exitCode], ["credentials not found in native keychain\n", "", 1]);
    }
    const { size } = new Set([reason, told(await user.get(others.at(-1) ?? ""), "NO_CREDENTIALS")]);
    assert.equal(size, 1);
  });

  it("is shown it again for another reason, and so is another client", async () => {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    const [first = "", second = ""] = spellings;
    told(await user.get(first), "NO_CREDENTIALS");
    told(await user.get(second, { through: byAnother }), "NO_CREDENTIALS");
    told(await user.get(first, { env: { AWS_PROFILE: "missing" } }), "PROFILE_NOT_FOUND");
  });
});

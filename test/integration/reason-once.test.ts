import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { shell } from "../support/program/namespace.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { told } from "../support/program/verdicts.ts";

const spellings = [`${registry}/team/app`, registry, `https://${registry}`];

/** Starts the program as another process than this one does: the shell waits for it. */
const byAnother = shell('"$@"; exit $?');

/** Twice for one image, in one process of that name; it ends as the second does. */
function twiceBy(user: User, name: string): readonly string[] {
  copyFileSync("/bin/sh", `${user.home}/${name}`);
  return [`${user.home}/${name}`, "-c", 'printf %s "$HOST" | "$@"; printf %s "$HOST" | "$@"', "sh"];
}

describe("a client that requests one image twice", () => {
  const standing = useStanding();

  for (const [name, count] of [
    ["docker", 1],
    ["docker-buildx", 1],
    ["java", 2],
  ] as const) {
    it(`is shown the reason ${count === 1 ? "once" : "each time"}: ${name}`, async () => {
      const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true", HOST: registry });
      const { stdout, stderr, exitCode } = await user.get("", { through: twiceBy(user, name) });
      assert.deepEqual([stdout, exitCode], ["credentials not found in native keychain\n".repeat(2), 1]);
      assert.equal(stderr.split("[NO_CREDENTIALS]").length - 1, count, stderr);
    });
  }
});

describe("a client that tries several forms of a registry", () => {
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

  it("gets only what nerdctl takes for no login, and none of the six fails differently", async () => {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    const ports = [`${registry}:443`, registry];
    const keys = ports.flatMap((each) => [each, `https://${each}`, `http://${each}`]);
    const replies = [];
    for (const key of keys) replies.push(await user.get(key));
    for (const { stdout, exitCode } of replies) {
      assert.deepEqual([stdout, exitCode], ["credentials not found in native keychain\n", 1]);
    }
    const shown = replies.map(({ stderr }) => stderr).join("");
    assert.equal(shown.split("[NO_CREDENTIALS]").length - 1, 1, shown);
  });

  it("is shown another reason, and another client is shown the same one", async () => {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    const [first = "", second = ""] = spellings;
    told(await user.get(first), "NO_CREDENTIALS");
    told(await user.get(second, { through: byAnother }), "NO_CREDENTIALS");
    told(await user.get(first, { env: { AWS_PROFILE: "missing" } }), "PROFILE_NOT_FOUND");
  });
});

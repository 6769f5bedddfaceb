import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { User as CastUser, ReplicationRule } from "../support/aws/cast.ts";
import { type Standing, useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";

const path = fileURLToPath(new URL("../../docs/accounts-and-replication.md", import.meta.url));
const guide = readFileSync(path, "utf8");

const build: CastUser = {
  arn: "arn:aws:iam::111122223333:user/build",
  accessKeyId: "TESTKEYBUILD",
  secretAccessKey: "test-secret-of-build",
};
const roleArn = "arn:aws:iam::444455556666:role/ecr-pull";
const role = { arn: roleArn, trusts: [build.arn], externalId: "build-farm" };

/** The text of the first block of a language after the heading of the example. */
function block(language: string): string {
  const worked = guide.slice(guide.indexOf("## Example: three accounts"));
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(worked)?.[1];
  assert.ok(found, `a ${language} block in the example`);
  return found;
}

const rules: readonly ReplicationRule[] = JSON.parse(block("json")).rules;
const config = block("yaml");

/** What the guide shows of a command: with `UPDATE_GOLDEN` set it is written there. */
function mustShow(name: string, command: string, shown: string): void {
  const fence = name === "" ? "text" : `text ${name}`;
  const start = guide.indexOf(`\`\`\`${fence}\n$ ${command}\n`);
  assert.ok(start >= 0, `${fence} with ${command}`);
  const end = guide.indexOf("\n```\n", start);
  const said = `\`\`\`${fence}\n$ ${command}\n${timeless(shown).trimEnd()}`;
  if (process.env.UPDATE_GOLDEN) {
    const now = readFileSync(path, "utf8");
    writeFileSync(path, now.replace(guide.slice(start, end), said));
    return;
  }
  assert.equal(guide.slice(start, end), said);
}

/** With every time left, until and ago that a run happens to show. */
function timeless(text: string): string {
  return text
    .replace(/\/tmp\/ecr-home-\w+\//g, "/home/build/")
    .replace(/\b\d+s ago\b/g, "12s ago")
    .replace(/\b11h 5\dm\b/g, "11h 59m")
    .replace(/\b5h [345]\dm\b/g, "5h 46m");
}

describe("docs/accounts-and-replication.md", () => {
  const standing = useStanding();

  function host(change: (standing: Standing) => void = () => {}): User {
    const { controls } = standing.aws;
    controls.putUser(build);
    controls.putRole(role);
    controls.setReplication("111122223333", "us-east-1", rules);
    const user = standing.user();
    user.writeAwsKeys({ build });
    user.write(configPath, config);
    change(standing);
    return user;
  }

  async function shows(name: string, user: User, exitCodes: { once: number; status: number }): Promise<void> {
    assert.equal((await user.run(["daemon", "--once"])).exitCode, exitCodes.once);
    const { stdout, exitCode } = await user.run(["status"]);
    assert.equal(exitCode, exitCodes.status);
    mustShow(name, "docker-credential-ecr status", stdout);
  }

  it("refreshes five registries with four tokens", async () => {
    const user = host();
    assert.equal((await user.run(["daemon", "--once"])).exitCode, 0);
    assert.equal(standing.count("GetAuthorizationToken"), 4);
    const { stdout } = await user.run(["registries"]);
    assert.equal(stdout.trim().split("\n").length, 1 + 5);
    mustShow("", "docker-credential-ecr registries", stdout);
  });

  it("shows status without problems", () => shows("all-well", host(), { once: 0, status: 0 }));

  it("shows status if a role is denied", () =>
    shows(
      "role-refused",
      host(({ aws }) => aws.controls.putRole({ ...role, trusts: [] })),
      { once: 1, status: 1 },
    ));

  it("shows status if the rules can't be read", () =>
    shows(
      "rules-denied",
      host(({ aws }) => aws.controls.putUser({ ...build, rights: { describeRegistry: false } })),
      { once: 1, status: 0 },
    ));

  it("shows status if the identity belongs to another account", () =>
    shows(
      "other-account",
      host(({ aws }) => aws.controls.putUser({ ...build, arn: "arn:aws:iam::777788889999:user/build" })),
      { once: 1, status: 0 },
    ));

  it("shows status if a region is not in the partition", () =>
    shows(
      "other-partition",
      host(({ aws }) =>
        aws.controls.setReplication("111122223333", "us-east-1", [
          { destinations: [{ region: "cn-north-1", registryId: "111122223333" }] },
        ]),
      ),
      { once: 0, status: 0 },
    ));
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { blocksOf, blocksUnder, prepareGuide, scriptOf } from "../support/program/guide.ts";
import { member, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";

/** What `aws sso login` writes for the session of docs/tutorials/laptop-sso.md. */
const signIn = {
  path: `.aws/sso/cache/${createHash("sha1").update("company").digest("hex")}.json`,
  text: JSON.stringify({
    accessToken: "test-sso-access-token",
    expiresAt: new Date(Date.now() + 8 * 3_600_000).toISOString(),
  }),
};

describe("the commands of README.md and docs/tutorials, in order on a fresh machine", function () {
  // A dozen starts of the program in each.
  this.timeout(120_000);
  const standing = useStanding({}, "proxy");

  async function follow(page: string, user: User, blocks = blocksOf(page)): Promise<string> {
    const script = scriptOf(blocks);
    const shell = spawn("bash", ["-c", script], { env: user.env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise((resolve) => shell.on("exit", resolve));
    const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
    assert.equal(await ended, 0, `${stdout}${stderr}`);
    return stdout;
  }

  function prepared(env: Record<string, string> = {}): User {
    const user = standing.user(env);
    prepareGuide(user, signIn);
    return user;
  }

  it("README.md: quick start", async () => {
    const user = prepared({ AWS_PROFILE: "alice" });
    user.writeAwsKeys({ alice: member("alice") });
    const quickStart = blocksUnder("README.md", "Quick start");
    assert.deepEqual(
      quickStart.map((block) => block.text.trim().split("\n").length),
      [5, 1],
    );
    const stdout = await follow("README.md", user, quickStart);
    assert.match(stdout, /^ok +identity +arn:aws:iam::111122223333:user\/alice/m);
    assert.match(stdout, /^pulled .*\/app:1$/m);
    assert.match(stdout, /alice \(?.* 11h 59m/m);
    if (process.geteuid?.() === 0) assert.match(stdout, /^User=nobody$/m);
  });

  it("laptop-sso.md", async () => {
    const stdout = await follow("docs/tutorials/laptop-sso.md", prepared());
    assert.match(stdout, /^ok +identity +arn:aws:sts::111122223333:assumed-role\/ci\/sso-user/m);
    assert.equal(stdout.match(/^pulled /gm)?.length, 2);
    assert.match(stdout, /^111122223333\S+ +\S+ +build \(profile build\)$/m);
  });

  it("build-host.md", async () => {
    const user = prepared();
    user.writeAwsKeys({ ci: member("alice") });
    const stdout = await follow("docs/tutorials/build-host.md", user);
    assert.match(
      stdout,
      /^444455556666\S+ +pull \(role arn:aws:iam::444455556666:role\/ecr-pull\) +11h 59m/m,
    );
    assert.match(stdout, /^pulled 444455556666/m);
    // One for each account's identity; the later steps find them stored.
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("packer.md", async () => {
    const user = prepared({ AWS_PROFILE: "alice" });
    user.writeAwsKeys({ alice: member("alice") });
    const stdout = await follow("docs/tutorials/packer.md", user);
    assert.match(stdout, /^built .*app\.pkr\.hcl$/m);
    assert.match(stdout, /^pulled .*\/app:42$/m);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });
});

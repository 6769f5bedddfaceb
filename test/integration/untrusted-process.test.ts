import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync } from "node:fs";
import { join } from "node:path";
import { itAsRoot, otherUserId } from "../support/fakes/temp-folder.ts";
import { member, registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const give = (user: User, ...paths: readonly string[]) => {
  for (const path of paths) chownSync(join(user.home, path), otherUserId, otherUserId);
};

describe("a credential_process that another user could have changed", function () {
  this.timeout(120_000);
  const standing = useStanding();

  /** Root's own state folder is not the tests'. */
  const newUser = () => standing.user({ XDG_STATE_HOME: standing.user().home });

  function userWithProcess(): User {
    const user = newUser();
    const { accessKeyId, secretAccessKey } = member("alice");
    const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
    const script = user.write("process.sh", `touch "$HOME/ran"; echo '${JSON.stringify(printed)}'`);
    user.writeAwsConfig({ default: { credential_process: `sh ${script}` } });
    return user;
  }

  const CASES: readonly [
    what: string,
    its: (what: string, test: () => Promise<void>) => unknown,
    make: (user: User) => void,
  ][] = [
    [
      "by a home of its own, as root has it under sudo",
      itAsRoot,
      (user) => give(user, "", ".aws", ".aws/config"),
    ],
    ["by the file", itAsRoot, (user) => give(user, ".aws/config")],
    ["by the folder", itAsRoot, (user) => give(user, ".aws")],
    ["by the file's mode", it, (user) => chmodSync(join(user.home, ".aws/config"), 0o666)],
    ["by the folder's mode", it, (user) => chmodSync(join(user.home, ".aws"), 0o777)],
  ];
  for (const [what, its, make] of CASES) {
    its(`${what}, is not run, and the reason is said`, async () => {
      const user = userWithProcess();
      make(user);
      for (const args of [["get"], ["refresh", registry], ["doctor", registry]]) {
        const ran = await user.run(args, { input: registry });
        assert.equal(ran.exitCode, 1);
        const shown = (ran.stdout + ran.stderr).replace(/\s+/g, " ");
        assert.match(shown, /credential_process of profile default \(.*config:\d\) is not run: /);
        assert.match(shown, /PROCESS_UNTRUSTED/);
      }
      assert.ok(!existsSync(join(user.home, "ran")));
    });
  }

  it("is run if no other user could", async () => {
    const user = userWithProcess();
    answered(await user.get(registry), registry);
    assert.ok(existsSync(join(user.home, "ran")));
  });

  itAsRoot("leaves keys in the same files as the AWS CLI has them: they run nothing", async () => {
    const user = newUser();
    user.writeAwsKeys({ default: member("alice") });
    give(user, "", ".aws", ".aws/credentials");
    answered(await user.get(registry), registry);
  });
});

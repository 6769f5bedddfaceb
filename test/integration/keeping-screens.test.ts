import assert from "node:assert/strict";
import { sameAsGolden } from "../support/program/golden.ts";
import { aliceKeeps } from "../support/program/keeping.ts";
import { session } from "../support/program/session.ts";
import { member, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { atTerminal } from "../support/program/terminal.ts";
import { configPath, type User } from "../support/program/user.ts";

/** What somebody sees who has tokens kept fresh, at a terminal of 80 columns, kept in golden/. */
describe("the screens of keeping tokens:", () => {
  const standing = useStanding();
  let user: User;
  beforeEach(() => {
    user = standing.user();
    user.writeAwsKeys({ alice: member("alice"), mallory: member("mallory") });
  });

  for (const command of ["daemon", "doctor", "export", "refresh", "registries", "status"]) {
    it(`${command} --help`, async () => {
      sameAsGolden(await session(user, `${command} --help`), `help-${command}`, user);
    });
  }

  it("one pass, and what is kept", async () => {
    user.write(configPath, aliceKeeps("111122223333", "us-east-1, us-west-2"));
    const lines = ["registries", "daemon --once", "daemon --once", "registries", `refresh ${westRegistry}`];
    sameAsGolden(await session(user, ...lines), "keeping", user);
  });

  it("where one can't be had, and a config that is broken", async () => {
    user.write(
      configPath,
      aliceKeeps("111122223333", "us-east-1").replace("profile: alice", "profile: mallory"),
    );
    const shown = await session(user, "daemon --once", "refresh");
    user.write(configPath, "version: 1\nregistires: []\n");
    sameAsGolden(
      shown + (await session(user, "daemon --once", "registries", `refresh ${registry}`)),
      "not-kept",
      user,
    );
  });

  it("a wait that --splay causes is reported at a terminal", async () => {
    const { screen, exitCode } = await atTerminal(user, ["daemon", "--once", "--splay", "1s"]);
    assert.match(screen, /waiting for \ds \(--splay\)/);
    assert.equal(exitCode, 0);
  });

  it("where nothing is", async () => {
    sameAsGolden(await session(user, "daemon --once", "registries", "refresh"), "nothing-kept", user);
  });
});

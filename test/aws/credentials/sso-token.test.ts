import assert from "node:assert/strict";
import { chownSync, lstatSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ssoCachePath } from "../../../src/profiles/sso-sessions.ts";
import { defaultCast } from "../../support/aws/cast.ts";
import { itAsRoot, somebodyElse } from "../../support/fakes/temp-folder.ts";
import { Asker } from "../asker.ts";

describe("the file of an SSO sign-in that is about to end", () => {
  let asker: Asker;
  // Each has a stand-in of its own: a renewal ends the token that was there before.
  beforeEach(async () => {
    asker = await Asker.start();
    asker.writeConfig(`[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ci
`);
    asker.writeSignIn("corp", {
      accessToken: defaultCast.ssoSessions[0]?.accessToken,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      clientId: "test-client",
      clientSecret: "test-client-words",
      refreshToken: "test-sso-refresh-token",
    });
  });
  afterEach(() => asker.stop());

  const path = () => ssoCachePath(asker.home, "corp");
  const ask = () => asker.ask({ identity: { kind: "profile", profile: "sso" }, env: {} });

  it("stays a link, where it was one", async () => {
    const target = join(asker.home, "sign-in.json");
    renameSync(path(), target);
    symlinkSync(target, path());
    await ask();
    assert.ok(lstatSync(path()).isSymbolicLink());
    assert.ok(Date.parse(JSON.parse(readFileSync(target, "utf8")).expiresAt) > Date.now() + 3_600_000);
  });

  itAsRoot("stays as it is where it is another user's, who must still be able to read it", async () => {
    const before = readFileSync(path());
    chownSync(path(), somebodyElse, somebodyElse);
    await ask();
    assert.equal(lstatSync(path()).uid, somebodyElse);
    assert.deepEqual(readFileSync(path()), before);
    assert.ok(!asker.served().some((each) => each.startsWith("CreateToken")));
  });
});

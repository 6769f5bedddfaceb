import assert from "node:assert/strict";
import { chownSync, lstatSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ssoCachePath } from "../../../src/profiles/sso-sessions.ts";
import { defaultCast } from "../../support/aws/cast.ts";
import { itAsRoot, otherUserId } from "../../support/fakes/temp-folder.ts";
import { TokenClient } from "../token-client.ts";

describe("the file of an SSO sign-in that is about to expire", () => {
  let client: TokenClient;
  // Each test has its own stand-in: a renewal invalidates the previous token.
  beforeEach(async () => {
    client = await TokenClient.start();
    client.writeConfig(`[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ci
`);
    client.writeSignIn("corp", {
      accessToken: defaultCast.ssoSessions[0]?.accessToken,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      clientId: "test-client",
      clientSecret: "test-client-words",
      refreshToken: "test-sso-refresh-token",
    });
  });
  afterEach(() => client.stop());

  const path = () => ssoCachePath(client.home, "corp");
  const ask = () => client.fetchToken({ identity: { kind: "profile", profile: "sso" }, env: {} });

  it("remains a symbolic link", async () => {
    const target = join(client.home, "sign-in.json");
    renameSync(path(), target);
    symlinkSync(target, path());
    await ask();
    assert.ok(lstatSync(path()).isSymbolicLink());
    assert.ok(Date.parse(JSON.parse(readFileSync(target, "utf8")).expiresAt) > Date.now() + 3_600_000);
  });

  itAsRoot("stays as it is where it is another user's, who must still be able to read it", async () => {
    const before = readFileSync(path());
    chownSync(path(), otherUserId, otherUserId);
    await ask();
    assert.equal(lstatSync(path()).uid, otherUserId);
    assert.deepEqual(readFileSync(path()), before);
    assert.ok(!client.served().some((each) => each.startsWith("CreateToken")));
  });
});

import assert from "node:assert/strict";
import { decideSource } from "../../src/profiles/decide-source.ts";
import { signInFiles } from "../../src/profiles/sso-sessions.ts";
import type { Environment } from "../../src/token/dependencies.ts";
import { awsFiles } from "../support/aws/files.ts";

const config = `
[profile session]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ci
[sso-session corp]
sso_start_url = https://corp.example.com/start
sso_region = us-east-1
[profile old]
sso_start_url = https://old.example.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ci
[profile console]
login_session = arn:aws:iam::111122223333:user/alice
[profile chained]
role_arn = arn:aws:iam::111122223333:role/ci
source_profile = session
[profile pod]
role_arn = arn:aws:iam::111122223333:role/ci
web_identity_token_file = /run/token
[profile keys]
aws_access_key_id = TESTKEY
aws_secret_access_key = test-secret
`;
const corpFile = `/home/alice/.aws/sso/cache/${sha("sha1", "corp")}.json`;
const loginFile = `${sha("sha256", "arn:aws:iam::111122223333:user/alice")}.json`;

const CASES: [what: string, profile: string, env: Environment, files: string[]][] = [
  ["an SSO session, by its name", "session", {}, [corpFile]],
  [
    "an SSO profile without a session, by its start URL",
    "old",
    {},
    [`/home/alice/.aws/sso/cache/${sha("sha1", "https://old.example.com/start")}.json`],
  ],
  ["the source of a role", "chained", {}, [corpFile]],
  ["aws login", "console", {}, [`/home/alice/.aws/login/cache/${loginFile}`]],
  [
    "aws login elsewhere",
    "console",
    { AWS_LOGIN_CACHE_DIRECTORY: "/run/logins" },
    [`/run/logins/${loginFile}`],
  ],
  ["a web identity", "pod", {}, ["/run/token"]],
  [
    "the environment's token files",
    "keys",
    {
      AWS_WEB_IDENTITY_TOKEN_FILE: "/run/web",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/run/container",
    },
    ["/run/web", "/run/container"],
  ],
  ["static keys", "keys", {}, []],
];

describe("files that a new sign-in changes:", () => {
  for (const [what, profile, env, files] of CASES) {
    it(what, () => {
      const read = awsFiles(config);
      assert.deepEqual(signInFiles(sourceOf(profile), read, env, "/home/alice"), files);
    });
  }
});

function sourceOf(profile: string) {
  return decideSource({ kind: "profile", profile }, {}, awsFiles(config)).source;
}

function sha(algorithm: "sha1" | "sha256", text: string): string {
  return new Bun.CryptoHasher(algorithm).update(text).digest("hex");
}

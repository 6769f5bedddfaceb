import assert from "node:assert/strict";
import { fixForNone } from "../../../src/aws/errors/no-credentials.ts";
import { parseAwsFiles } from "../../../src/profiles/config-files.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { ambient } from "../../../src/token/identity.ts";

const config = { path: "/home/alice/.config/docker-credential-ecr/config.yaml" };
const paths = { configPath: "/c", credentialsPath: "/k", variables: [] };
const sso = (account: string) =>
  `sso_account_id = ${account}\nsso_role_name = pull\nsso_session = acme\nregion = us-east-1\n`;

function fix(text: string, host = "111122223333.dkr.ecr.us-east-1.amazonaws.com", other?: string): string {
  const registry = parseHost(host);
  assert.ok(registry);
  const asked = { wanted: "token", registry, identity: ambient, env: {}, config } as const;
  return fixForNone(asked, parseAwsFiles(paths, text, ""), other);
}

describe("the fix if no credentials are set", () => {
  const own = (words: string) =>
    `[profile dev]\n${words}\n[profile other]\n${sso("444455556666")}[sso-session acme]\n`;
  for (const [what, words] of [
    ["an SSO account", sso("111122223333")],
    ["a role", "role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = other"],
    ["a role of an assumed role", "login_session = arn:aws:sts::111122223333:assumed-role/x/y"],
    ["a sign-in", "login_session = arn:aws:iam::111122223333:user/x"],
    ["aws_account_id", "aws_account_id = 111122223333"],
  ] as const) {
    it(`suggests the profile of the registry's account, by ${what}`, () => {
      assert.equal(
        fix(own(words)),
        `profile dev belongs to account 111122223333: set AWS_PROFILE=dev, or name it for this registry in ${config.path}`,
      );
    });
  }

  it("lists a profile of the account first, and other profiles last", () => {
    const fixes = (text: string) => fix(text, undefined, "unset X");
    assert.match(fixes(own(sso("111122223333"))), /^profile dev .*config\.yaml, or unset X$/);
    assert.match(fixes(own("region = us-east-1")), /^unset X, or set AWS_PROFILE to one of dev, other/);
    assert.match(fixes(""), /^unset X, or run 'aws configure sso'/);
  });

  it("quotes a profile name for the shell", () => {
    assert.match(fix(`[profile 'my dev']\n${sso("111122223333")}`), /set AWS_PROFILE='my dev', or/);
  });

  it("names all profiles of the account, up to five", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => `[profile p${at}]\n${sso("111122223333")}`).join("");
    assert.match(
      fix(many(2)),
      /^profiles p0, p1 belong to account 111122223333: set AWS_PROFILE to one of them/,
    );
    assert.match(fix(many(7)), /p4 and 2 more belong to account/);
  });

  it("names the existing profiles if none is of the account or the registry has no account", () => {
    assert.match(fix(own("region = us-east-1")), /^set AWS_PROFILE to one of dev, other, or name it /);
    assert.match(fix(own(sso("111122223333")), "public.ecr.aws"), /^set AWS_PROFILE to one of dev, other/);
  });

  it("names the only profile as a setting", () => {
    assert.match(fix("[profile 'my dev']\nregion = us-east-1\n"), /^set AWS_PROFILE='my dev', or name it /);
  });

  it("suggests creating a profile if there is none", () => {
    assert.match(fix(""), /^run 'aws configure sso' and set AWS_PROFILE to the profile that it writes/);
  });
});

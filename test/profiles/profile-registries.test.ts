import assert from "node:assert/strict";
import { registriesOfProfiles } from "../../src/profiles/profile-registries.ts";
import { awsFiles } from "../support/aws/files.ts";

const hostsOf = (sections: Record<string, Record<string, string>>) =>
  registriesOfProfiles(awsFiles(sections)).found.map(
    ({ profile, registry }) => `${profile} ${registry.host}`,
  );

describe("registriesOfProfiles", () => {
  it("uses the account of a role or Identity Center, and the profile's region", () => {
    const found = hostsOf({
      "profile ci": { role_arn: "arn:aws:iam::111122223333:role/path/ci", region: "us-east-1" },
      "profile sso": { sso_account_id: "444455556666", region: "eu-west-1" },
      "profile china": { role_arn: "arn:aws-cn:iam::111122223333:role/x", region: "cn-north-1" },
    });
    assert.deepEqual(found, [
      "ci 111122223333.dkr.ecr.us-east-1.amazonaws.com",
      "sso 444455556666.dkr.ecr.eu-west-1.amazonaws.com",
      "china 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
    ]);
  });

  it("returns none without a region or an account, or for a section that is not a profile", () => {
    const role_arn = "arn:aws:iam::111122223333:role/ci";
    const found = hostsOf({
      "profile a": { role_arn },
      "profile b": { region: "us-east-1" },
      "profile c": { role_arn: "arn:aws:iam::1:role/ci", region: "us-east-1" },
      "profile d": { sso_account_id: "1", region: "us-east-1" },
      "profile e": { role_arn, region: "nowhere" },
      "sso-session x": { sso_account_id: "111122223333", region: "us-east-1" },
    });
    assert.deepEqual(found, []);
  });

  it("reports skipped profiles without a usable region, and those with static keys", () => {
    const role_arn = "arn:aws:iam::111122223333:role/ci";
    const keys = { aws_access_key_id: "AKIAIOSFODNN7EXAMPLE", aws_secret_access_key: "x" };
    const { skipped, withKeys } = registriesOfProfiles(
      awsFiles({
        "profile a": { role_arn },
        "profile b": { role_arn, region: "us-esat-1" },
        "profile c": { sso_account_id: "1", region: "us-east-1" },
        "profile d": { ...keys, region: "us-west-2" },
        "profile e": keys,
        "profile f": { region: "us-east-1" },
      }),
    );
    assert.deepEqual(
      skipped.map(({ profile, why }) => `${profile}: ${why}`),
      [
        "a: it has no region",
        "b: its region us-esat-1 is not an AWS region",
        "c: its account 1 does not have 12 digits",
        "e: it has no region",
      ],
    );
    assert.deepEqual(withKeys, [{ profile: "d", region: "us-west-2" }]);
  });
});

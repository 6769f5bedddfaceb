import assert from "node:assert/strict";
import { registriesOfProfiles } from "../../src/profiles/profile-registries.ts";
import { awsFiles } from "../support/aws/files.ts";

const hostsOf = (sections: Record<string, Record<string, string>>) =>
  registriesOfProfiles(awsFiles(sections)).map(({ profile, registry }) => `${profile} ${registry.host}`);

describe("registries that AWS profiles suggest", () => {
  it("are of the account that a role or Identity Center names, in the profile's region", () => {
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

  it("are none without a region or an account, or of what is no profile", () => {
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
});

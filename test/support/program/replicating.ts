import { existsSync } from "node:fs";
import { member, type Standing } from "./standing.ts";
import { tokenFile } from "./state.ts";
import { configPath, type User } from "./user.ts";

export const source = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
/** The replication destinations of the stand-in: the same account in another region, and another account. */
export const westTarget = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
export const abroadTarget = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";

/** Profile alice is for the source and its rules; role ecr-pull is for targets in other accounts. */
export const following = (more = "", identity = "alice") => `version: 1
identities:
  alice: { profile: alice }
  bob: { profile: bob }
  mallory: { profile: mallory }
  pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: alice }
registries:
  - account: "111122223333"
    regions: [us-east-1]
    identity: ${identity}
    replication: { follow: true, identity: pull }
${more}`;

/** A user with such a config, whose environment has no permissions. */
export function follower(standing: Standing, config = following()): User {
  const user = standing.user();
  user.writeAwsKeys({ alice: member("alice"), bob: member("bob"), mallory: member("mallory") });
  user.write(configPath, config);
  return user;
}

export const hasToken = (user: User, host: string): boolean => existsSync(tokenFile(user, host));

/** The principals that requested tokens, in order: "user/alice in us-east-1". */
export function askers(standing: Standing): string[] {
  return standing.aws.controls
    .log()
    .filter(({ operation, outcome }) => operation === "GetAuthorizationToken" && outcome === "ok")
    .map(
      ({ principal = "", region }) => `${/(?:user|assumed-role)\/[\w-]+/.exec(principal)?.[0]} in ${region}`,
    );
}

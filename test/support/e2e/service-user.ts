import { defaultCast } from "../aws/cast.ts";
import { userNamed } from "../aws/sdk.ts";
import { ini } from "../program/user.ts";
import type { BootedSystem } from "./booted-system.ts";
import type { Account } from "./system-root.ts";

/** Runs builds, and a user service that keeps their tokens fresh. */
export const ci: Account = { name: "ci", uid: 4242, home: "/home/ci" };
/** Runs builds with a system service. */
export const builder: Account = { name: "builder", uid: 4243, home: "/home/builder" };

const config = `version: 1
identities: { alice: { profile: alice } }
registries: [{ account: "111122223333", regions: [us-east-1], identity: alice }]
`;

/** Writes a user's config.yaml, and AWS files with profiles of users of the stand-in. */
export function writeConfig(
  system: BootedSystem,
  account: Account,
  text = config,
  profiles: readonly string[] = ["alice"],
): void {
  const sections = profiles.map((name) => {
    const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, name);
    return [name, { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey }] as const;
  });
  system.write(account, ".aws/credentials", ini(Object.fromEntries(sections)));
  system.write(account, ".config/docker-credential-ecr/config.yaml", text);
}

import { parseHost, privateHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import type { Environment } from "../token/dependencies.ts";
import { type AwsFiles, readAwsFiles } from "./config-files.ts";

/** A registry that an AWS profile can probably open. */
export interface ProfileRegistry {
  readonly profile: string;
  readonly registry: Registry;
}

/** From the AWS config and credentials files. Never fails: files that can't be read yield no suggestion. */
export async function readProfileRegistries(
  env: Environment,
  home: string,
): Promise<readonly ProfileRegistry[]> {
  const read = await readAwsFiles(env, home, () => "");
  return "files" in read ? registriesOfProfiles(read.files) : [];
}

/**
 * The registries of profiles that contain an account, in their role or for AWS IAM Identity Center, in the profile's
 * own region. A profile without a region yields nothing, since the registry would be a guess.
 */
export function registriesOfProfiles(files: AwsFiles): readonly ProfileRegistry[] {
  return files.profileNames().flatMap((profile) => {
    const account = accountOfProfile(files, profile);
    const region = files.profile(profile)?.get("region")?.value;
    if (account === undefined || region === undefined) return [];
    const registry = parseHost(privateHost(account, region));
    return registry ? [{ profile, registry }] : [];
  });
}

/** The account in a profile's own settings. */
export function accountOfProfile(files: AwsFiles, name: string): string | undefined {
  const settings = files.profile(name);
  const [role, session, sso, account] = ["role_arn", "login_session", "sso_account_id", "aws_account_id"].map(
    (setting) => settings?.get(setting)?.value,
  );
  return accountIn(role) ?? sso ?? accountIn(session) ?? account;
}

function accountIn(arn: string | undefined): string | undefined {
  return /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/.exec(arn ?? "")?.[1];
}

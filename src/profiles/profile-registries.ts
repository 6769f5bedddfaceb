import { parseHost, privateHost } from "../registry/host.ts";
import { isPlausibleRegion } from "../registry/regions.ts";
import type { Registry } from "../registry/registry.ts";
import type { Environment } from "../token/dependencies.ts";
import { type AwsFiles, readAwsFiles } from "./config-files.ts";

/** A registry that an AWS profile can probably access. */
export interface ProfileRegistry {
  readonly profile: string;
  readonly registry: Registry;
}

/** A profile whose registry can't be determined, and the reason. */
export interface SkippedProfile {
  readonly profile: string;
  readonly why: string;
}

/** The registries of the AWS profiles. */
export interface ProfileFindings {
  readonly found: readonly ProfileRegistry[];
  readonly skipped: readonly SkippedProfile[];
  /** Profiles with static keys, whose account is not in the files. */
  readonly withKeys: readonly { readonly profile: string; readonly region: string }[];
}

/** Reads the AWS config and credentials files. Never fails: unreadable files have no registries. */
export async function readProfileRegistries(env: Environment, home: string): Promise<ProfileFindings> {
  const read = await readAwsFiles(env, home, () => "");
  return "files" in read ? registriesOfProfiles(read.files) : { found: [], skipped: [], withKeys: [] };
}

/**
 * The registries of profiles that contain an account id, in the profile's own region. A profile without a region has
 * none, because the registry would be a guess.
 */
export function registriesOfProfiles(files: AwsFiles): ProfileFindings {
  const found: ProfileRegistry[] = [];
  const skipped: SkippedProfile[] = [];
  const withKeys: { profile: string; region: string }[] = [];
  for (const profile of files.profileNames()) {
    const settings = files.profile(profile);
    const account = accountOfProfile(files, profile);
    const region = settings?.get("region")?.value;
    const hasKeys = settings?.get("aws_access_key_id") !== undefined;
    if (account === undefined && !hasKeys) continue;
    if (region === undefined) skipped.push({ profile, why: "it has no region" });
    else if (!isPlausibleRegion(region))
      skipped.push({ profile, why: `its region ${region} is not an AWS region` });
    else if (account === undefined) withKeys.push({ profile, region });
    else {
      const registry = parseHost(privateHost(account, region));
      if (registry) found.push({ profile, registry });
      else skipped.push({ profile, why: `its account ${account} does not have 12 digits` });
    }
  }
  return { found, skipped, withKeys };
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

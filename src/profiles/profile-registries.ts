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

/** A profile of which no registry can be told, and why. */
export interface LeftProfile {
  readonly profile: string;
  readonly why: string;
}

/** What profiles say of registries. */
export interface ProfileFindings {
  readonly found: readonly ProfileRegistry[];
  readonly left: readonly LeftProfile[];
  /** With static keys, whose account AWS alone knows. */
  readonly byKeys: readonly { readonly profile: string; readonly region: string }[];
}

/** From the AWS config and credentials files. Never fails: files that can't be read yield no suggestion. */
export async function readProfileRegistries(env: Environment, home: string): Promise<ProfileFindings> {
  const read = await readAwsFiles(env, home, () => "");
  return "files" in read ? registriesOfProfiles(read.files) : { found: [], left: [], byKeys: [] };
}

/**
 * The registries of profiles that contain an account, in their role or for AWS IAM Identity Center, in the profile's
 * own region. Without a region there is none, since the registry would be a guess.
 */
export function registriesOfProfiles(files: AwsFiles): ProfileFindings {
  const found: ProfileRegistry[] = [];
  const left: LeftProfile[] = [];
  const byKeys: { profile: string; region: string }[] = [];
  for (const profile of files.profileNames()) {
    const settings = files.profile(profile);
    const account = accountOfProfile(files, profile);
    const region = settings?.get("region")?.value;
    const hasKeys = settings?.get("aws_access_key_id") !== undefined;
    if (account === undefined && !hasKeys) continue;
    if (region === undefined) left.push({ profile, why: "it has no region" });
    else if (!isPlausibleRegion(region)) left.push({ profile, why: `its region ${region} is no AWS region` });
    else if (account === undefined) byKeys.push({ profile, region });
    else {
      const registry = parseHost(privateHost(account, region));
      if (registry) found.push({ profile, registry });
      else left.push({ profile, why: `its account ${account} has not 12 digits` });
    }
  }
  return { found, left, byKeys };
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

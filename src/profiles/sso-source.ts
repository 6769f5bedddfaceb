import { nearestOf } from "../token/nearest.ts";
import { type AwsFiles, type Profile, whereIs } from "./config-files.ts";
import type { SsoSource } from "./credential-source.ts";
import { incomplete } from "./profile-refusals.ts";
import { profileOption } from "./shell-words.ts";

const required = ["sso_start_url", "sso_region", "sso_account_id", "sso_role_name"] as const;

/**
 * The IAM Identity Center source of a profile that contains an account or a permission set of it, as botocore's
 * SSOProvider reads it.
 *
 * @returns undefined for a profile that contains neither
 * @throws Failure PROFILE_INCOMPLETE
 */
export function ssoSource(name: string, files: AwsFiles): SsoSource | undefined {
  const profile = files.profile(name);
  if (!profile?.has("sso_account_id") && !profile?.has("sso_role_name")) return undefined;
  const session = profile.get("sso_session")?.value;
  const settings = session === undefined ? profile : withSession(name, profile, session, files);
  const missing = required.filter((setting) => !settings.get(setting)?.value);
  if (missing.length > 0) {
    throw refused(name, settings, `they lack ${missing.join(", ")}`);
  }
  const [startUrl = "", region = "", account = "", role = ""] = required.map(
    (key) => settings.get(key)?.value,
  );
  return {
    kind: "sso",
    profile: name,
    ...(session !== undefined && { session }),
    ...{ startUrl, region, account, role },
  };
}

function withSession(name: string, profile: Profile, session: string, files: AwsFiles): Profile {
  const shared = files.ssoSession(session);
  const reference = profile.get("sso_session");
  if (!shared) {
    const where = reference ? ` (${whereIs(reference)})` : "";
    const nearest = nearestOf(session, files.ssoSessionNames());
    const hint = nearest === undefined ? "" : `; it has [sso-session ${nearest}]`;
    throw refused(
      name,
      profile,
      `sso_session${where} names [sso-session ${session}], which ${files.configPath} doesn't have${hint}`,
    );
  }
  for (const [key, setting] of shared) {
    const own = profile.get(key);
    if (own && own.value !== setting.value) {
      throw refused(name, profile, `${key} differs between ${whereIs(own)} and ${whereIs(setting)}`);
    }
  }
  return new Map([...profile, ...shared]);
}

function refused(name: string, profile: Profile, why: string) {
  return incomplete(
    name,
    profile,
    `its SSO settings are incomplete: ${why}`,
    `complete them, or set them up again with 'aws configure sso${profileOption(name)}'`,
  );
}

import { Failure } from "../token/failure.ts";
import { nearestOf } from "../token/nearest.ts";
import { type AwsFiles, type LocatedSetting, type Profile, whereIs } from "./config-files.ts";

/** Each setting that leads to credentials, and the settings that it needs. */
const needs: Readonly<Record<string, string>> = {
  aws_access_key_id: "aws_secret_access_key",
  aws_secret_access_key: "aws_access_key_id",
  aws_session_token: "aws_access_key_id",
  aws_security_token: "aws_access_key_id",
  role_arn: "source_profile, credential_source or web_identity_token_file",
  source_profile: "role_arn",
  credential_source: "role_arn",
  external_id: "role_arn",
  mfa_serial: "role_arn",
  role_session_name: "role_arn",
  duration_seconds: "role_arn",
  web_identity_token_file: "role_arn",
  credential_process: "a command",
  sso_session: "sso_account_id and sso_role_name",
  sso_start_url: "sso_account_id and sso_role_name",
  sso_region: "sso_account_id and sso_role_name",
  sso_account_id: "sso_role_name",
  sso_role_name: "sso_account_id",
  login_session: "a sign-in (aws login)",
};

/** Settings of profiles that are unrelated to credentials, including all that look related. */
const others: readonly string[] = (
  "region output ca_bundle services endpoint_url ignore_configured_endpoint_urls use_fips_endpoint " +
  "use_dualstack_endpoint max_attempts retry_mode defaults_mode sts_regional_endpoints tcp_keepalive " +
  "parameter_validation api_versions s3 s3api cloudfront emr metadata_service_timeout " +
  "metadata_service_num_attempts ec2_metadata_service_endpoint ec2_metadata_service_endpoint_mode " +
  "ec2_metadata_v1_disabled imds_use_ipv6 sdk_ua_app_id aws_account_id account_id_endpoint_mode " +
  // Settings of other programs, and names that users choose for notes.
  "aws_region aws_default_region " +
  "sso_registration_scopes sigv4a_signing_region_set auth_scheme_preference cli_pager cli_history"
).split(" ");

const ofCredentials = Object.keys(needs);
const known: ReadonlySet<string> = new Set([...ofCredentials, ...others]);

/** A profile with an incomplete definition of its credentials. */
export function incomplete(name: string, profile: Profile | undefined, why: string, fix: string): Failure {
  const [misspelt] = profile ? misspellings(profile) : [];
  const hint = misspelt ? `; ${misspelt.problem}` : "";
  return new Failure(
    "PROFILE_INCOMPLETE",
    `profile ${name} has no usable credentials: ${why}${hint}`,
    misspelt?.fix ?? fix,
  );
}

/**
 * Why a profile yields no credentials although it should: it has settings for them, or settings that look like one.
 *
 * @returns undefined for a profile without settings for credentials
 */
export function refusalOfUnused(name: string, profile: Profile): Failure | undefined {
  const unused = ofCredentials.find((setting) => profile.has(setting));
  const setting = unused === undefined ? undefined : profile.get(unused);
  if (unused !== undefined && setting) {
    const need = needs[unused];
    const why =
      setting.value === ""
        ? `${unused} (${whereIs(setting)}) is empty`
        : `${unused} (${whereIs(setting)}) has no effect without ${need}`;
    return incomplete(name, profile, why, `add ${need} to profile ${name}, or remove ${unused}`);
  }
  const [misspelt] = [...indented(profile), ...misspellings(profile)];
  if (!misspelt) return undefined;
  return new Failure(
    "PROFILE_INCOMPLETE",
    `profile ${name} has no usable credentials: ${misspelt.problem}`,
    misspelt.fix,
  );
}

interface Misspelling {
  readonly problem: string;
  readonly fix: string;
}

/** Settings for credentials on indented lines: these continue the value of the setting above. */
function indented(profile: Profile): readonly Misspelling[] {
  return [...profile].flatMap(([above, setting]) =>
    setting.value.split("\n").flatMap((text, at) => {
      const [, name = ""] = at === 0 ? [] : (/^\s*([\w-]{1,64})\s*[=:]/.exec(text) ?? []);
      if (!ofCredentials.includes(name.toLowerCase())) return [];
      const where = whereIs({ ...setting, line: setting.line + at });
      const problem = `${name} (${where}) is indented, so it belongs to the value of ${above}`;
      return [{ problem, fix: `remove the blanks before ${name}` }];
    }),
  );
}

/** Settings that AWS's tools don't know and that were probably meant as settings for credentials. */
function misspellings(profile: Profile): readonly Misspelling[] {
  return [...profile].flatMap(([name, setting]) => {
    if (known.has(name)) return [];
    const nearest = nearestOf(name, [...known]) ?? nearestByValue(setting) ?? nearestByWords(name);
    const isMisspelt = nearest !== undefined && ofCredentials.includes(nearest);
    const looksRelated =
      /^(?:aws|sso|role|source|credential|web_identity)_|_profile$/.test(name) ||
      ofCredentials.some((each) => `_${name}_`.includes(`_${each}_`));
    if (!isMisspelt && !looksRelated) return [];
    const problem = `${name} (${whereIs(setting)}) is not a setting that AWS's tools know`;
    return isMisspelt
      ? [{ problem: `${problem}, but ${nearest} is`, fix: `write ${nearest} instead of ${name}` }]
      : [{ problem, fix: `correct or remove ${name}` }];
  });
}

function nearestByValue({ value }: LocatedSetting): string | undefined {
  return /^arn:[\w-]+:iam::\d{12}:role\//.test(value) ? "role_arn" : undefined;
}

/** Words that also occur in settings of other programs. */
const commonWords = new Set(
  "account arn duration external file id key name region seconds session start token url".split(" "),
);

/** The setting that a part of its name suggests: "source" or "role_name". */
function nearestByWords(name: string): string | undefined {
  const words = name.split(/[^a-z]+/);
  if (words.every((word) => commonWords.has(word))) return undefined;
  return ofCredentials.find((setting) => `_${setting}_`.includes(`_${words.join("_")}_`));
}

/** @param sourceOf the setting that uses it as a source */
export function profileNotFound(files: AwsFiles, name: string, sourceOf?: LocatedSetting): Failure {
  const whose = sourceOf ? `, the source_profile of ${whereIs(sourceOf)},` : "";
  if (files.unreadable.length > 0) {
    return new Failure(
      "PROFILE_NOT_FOUND",
      `profile ${name}${whose} was not found: ${files.unreadable.join(", ")}`,
      "let this user read it: check 'ls -lL' of it and of its folder",
    );
  }
  const paths = [files.configPath, files.credentialsPath].filter((path) => path !== "");
  if (files.sections("config").has(name)) {
    return new Failure(
      "PROFILE_NOT_FOUND",
      `profile ${name}${whose} was not found: ${files.configPath} has a section [${name}], but only [profile ${name}] is read there`,
      `write [profile ${name}] instead of [${name}]`,
    );
  }
  const nearest = nearestOf(name, files.profileNames());
  return new Failure(
    "PROFILE_NOT_FOUND",
    `profile ${name}${whose} is neither in ${paths.join(" nor in ") || "AWS_CONFIG_FILE, which is empty,"}`,
    nearest === undefined
      ? "add it there (aws configure --profile NAME, aws configure sso), or use another profile"
      : `did you mean ${nearest}? Names are case-sensitive; otherwise add it there (aws configure)`,
  );
}

export function mfaRequired(name: string, serial: LocatedSetting): Failure {
  return new Failure(
    "MFA_REQUIRED",
    `profile ${name} requires a code of an MFA device (mfa_serial, ${whereIs(serial)}), but a helper can't ask ` +
      "for one under Docker",
    "get session keys with 'aws sts get-session-token --serial-number … --token-code …' into a profile and name that " +
      "as source_profile without mfa_serial, or use 'aws configure sso'",
  );
}

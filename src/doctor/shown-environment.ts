import type { Profile } from "../profiles/config-files.ts";
import type { Environment } from "../token/dependencies.ts";
import { redact } from "../token/redact.ts";
import { type Form, type Hide, hideUnlessPublic, shownAs } from "./shown-values.ts";

/** The variables whose value may be shown in some form. Of others that concern this program, only that they are set. */
const variables: readonly (readonly [RegExp, Form])[] = [
  [/^(?:USER|SUDO_USER|AWS_(?:DEFAULT_)?PROFILE|AWS_ROLE_SESSION_NAME|DOCKER_CONTEXT)$/, "name"],
  [/^(?:LANG|TERM|INVOCATION_ID)$/, "word"],
  [
    /^(?:NO_COLOR|CI|DOCKER_BUILDKIT|AWS_(?:USE_\w+|IGNORE_CONFIGURED_ENDPOINT_URLS|SDK_LOAD_CONFIG|STS_REGIONAL_ENDPOINTS|MAX_ATTEMPTS|RETRY_MODE|EC2_METADATA_(?:V1_)?DISABLED|EC2_METADATA_SERVICE_ENDPOINT_MODE|METADATA_SERVICE_(?:TIMEOUT|NUM_ATTEMPTS)))$/,
    "flag",
  ],
  [/^AWS_(?:DEFAULT_)?REGION$/, "region"],
  [/^AWS_ROLE_ARN$/, "arn"],
  [
    /^(?:HOME|XDG_\w+_(?:HOME|DIR)|DOCKER_CONFIG|REGISTRY_AUTH_FILE|PACKER_\w+_(?:DIR|PATH)|AWS_(?:CONFIG_FILE|SHARED_CREDENTIALS_FILE|CA_BUNDLE|WEB_IDENTITY_TOKEN_FILE|CONTAINER_AUTHORIZATION_TOKEN_FILE)|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS)$/,
    "path",
  ],
  [/^(?:PATH|XDG_\w+_DIRS)$/, "paths"],
  [
    /^(?:(?:HTTPS?|ALL)_PROXY|AWS_ENDPOINT_URL(?:_[A-Z0-9_]{1,40})?|DOCKER_HOST|AWS_EC2_METADATA_SERVICE_ENDPOINT|AWS_CONTAINER_CREDENTIALS_FULL_URI)$/i,
    "address",
  ],
  [/^NO_PROXY$/i, "addresses"],
];
const relevant = /^(?:AWS_|DOCKER_|PACKER_|BUN_|XDG_|SSL_|NODE_)[A-Z0-9_]{1,60}$/;
const secretNames = /SECRET|TOKEN$|PASSW|ACCESS_KEY/i;

export function shownEnvironment(env: Environment, hide: Hide): string {
  return Object.keys(env)
    .sort()
    .flatMap((name) => {
      const value = env[name] ?? "";
      const form = variables.find(([names]) => names.test(name))?.[1];
      if (form) return [`${name}=${shownAs(form, value, hide)}`];
      if (!relevant.test(name) && !secretNames.test(name)) return [];
      hideUnlessPublic(value, hide);
      return relevant.test(name) ? [`${name} is set`] : [];
    })
    .join("\n");
}

/** The settings of AWS profiles, as for variables. */
const settings: readonly (readonly [RegExp, Form])[] = [
  [
    /^(?:source_profile|role_session_name|sso_session|sso_role_name|services|sso_registration_scopes)$/,
    "name",
  ],
  [
    /^(?:output|credential_source|duration_seconds|sso_account_id|use_\w+|ignore_\w+|sts_regional_endpoints|max_attempts|retry_mode)$/,
    "flag",
  ],
  [/^(?:sso_)?region$/, "region"],
  [/^(?:role_arn|mfa_serial|login_session)$/, "arn"],
  [/^(?:ca_bundle|web_identity_token_file)$/, "path"],
  [/^(?:\w+\.)?endpoint_url$|^sso_start_url$/, "address"],
];
const knownSettings =
  /^(?:aws_(?:access_key_id|secret_access_key|session_token|security_token)|external_id|credential_process)$/;
const sectionName = /^(?:(?:profile|sso-session|services) )?([\w.@+=,/ -]{1,64})$/;

export function shownProfiles(sections: ReadonlyMap<string, Profile>, hide: Hide): string {
  return [...sections]
    .map(([header, profile]) =>
      [`[${shownSection(header, hide)}]`, ...shownSettings(profile, hide)].join("\n"),
    )
    .join("\n");
}

/** The header of a section of an AWS file. A secret that was pasted into the wrong place may be there. */
export function shownSection(header: string, hide: Hide): string {
  const isShown = [header, sectionName.exec(header)?.[1]].every(
    (text) => text !== undefined && redact(text) === text,
  );
  return isShown ? header : shownAs("hidden", header, hide);
}

function shownSettings(profile: Profile, hide: Hide): readonly string[] {
  return flatSettings(profile).map(({ name, value }) => {
    const form = settings.find(([names]) => names.test(name))?.[1];
    if (form)
      return `${name} = ${name === "sso_account_id" && /^\d{12}$/.test(value) ? value : shownAs(form, value, hide)}`;
    hideUnlessPublic(value, hide);
    return knownSettings.test(name) ? `${name} is set` : "another setting is set";
  });
}

/** Hides the values of a credentials file. */
export function hideSettings(sections: ReadonlyMap<string, Profile>, hide: Hide): void {
  for (const profile of sections.values())
    for (const { value } of flatSettings(profile)) hideUnlessPublic(value, hide);
}

/** A nested setting gets the names of both, with a dot. */
function flatSettings(profile: Profile): readonly { readonly name: string; readonly value: string }[] {
  return [...profile].flatMap(([name, { value, nested }]) =>
    nested
      ? [...nested].map(([inner, below]) => ({ name: `${name}.${inner}`, value: below.value }))
      : [{ name, value }],
  );
}

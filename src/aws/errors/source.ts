import { type LocatedSetting, whereIs } from "../../profiles/config-files.ts";
import { namedSetting, type Origin, settingOrigin } from "../../profiles/origin.ts";
import { profileOption } from "../../profiles/shell-words.ts";
import { knownRegions } from "../../registry/regions.ts";
import { cutForeign, oneLine } from "../../token/printable.ts";
import { InstanceMetadataError } from "../credentials/instance-metadata.ts";
import type { SourceError } from "../credentials/source-error.ts";
import type { Session } from "../http/session.ts";
import { TransportError } from "../http/transport-error.ts";
import { lastEndpoint, notAws } from "./answerer.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { webIdentityOrigins } from "./keys-origin.ts";
import { diagnoseTransport } from "./transport.ts";

/**
 * The diagnosis of a failed credential source. The SDK's providers only have messages, which are read by the kind of source.
 *
 * @param session its transport has errors that the providers drop or convert to text
 */
export function diagnoseSource(error: SourceError, session: Session | undefined): Diagnosis {
  const { kind, profile, cause } = error;
  const region = regionOrigin(error, session);
  if (cause instanceof TransportError) return diagnoseTransport(cause, session, region);
  const last = session?.transport;
  if (last?.lastError) return diagnoseTransport(last.lastError, session, region);
  const text = oneLine(cutForeign(cause instanceof Error ? cause.message : String(cause)));
  const option = profileOption(profile);
  const at = (setting: string) => locationOf(session, profile, setting);
  switch (kind) {
    case "sso":
      return diagnoseSso(text, profile, option, session);
    case "login":
      return {
        code: "LOGIN_EXPIRED",
        why: `the sign-in of profile ${profile} has expired: ${text}`,
        fix: `run 'aws login${option}'`,
      };
    case "process":
      return {
        code: "PROCESS_FAILED",
        why: `the credential_process of profile ${profile}${at("credential_process")} returned no credentials: ${text}`,
        fix: "run its command by hand; it must print the credentials as JSON (Version 1), end, and exit with 0",
      };
    case "web-identity":
      return {
        code: "WEB_IDENTITY_FILE",
        why: `the web identity token can't be read: ${text}`,
        fix: `have the token written there, readable for this user, or correct ${tokenOrigin(error, session)}`,
      };
    case "environment":
    case "service-account":
    case "static":
    case "old-file":
    case "container":
    case "instance":
      return {
        code: "NO_CREDENTIALS",
        why: `the credential_source of profile ${profile}${at("credential_source")} has none: ${text}`,
        fix:
          (cause instanceof InstanceMetadataError && cause.fix) ||
          "check that the environment, container or instance has credentials",
      };
  }
}

/** " (FILE:LINE)" of a profile's setting. */
function locationOf(session: Session | undefined, profile: string | undefined, name: string): string {
  const setting = session?.profiles.profile(profile ?? "default")?.get(name);
  return setting ? ` (${whereIs(setting)})` : "";
}

function tokenOrigin({ profile }: SourceError, session: Session | undefined): string {
  if (session?.source?.kind === "web-identity")
    return webIdentityOrigins(session, session.source).tokenSetting;
  return profile === undefined
    ? "AWS_WEB_IDENTITY_TOKEN_FILE"
    : namedSetting(session?.profiles, profile, "web_identity_token_file");
}

/** The setting of the region, which is part of the host names of the sign-in services. */
function regionOrigin({ kind, profile }: SourceError, session: Session | undefined): Origin | undefined {
  const files = session?.profiles;
  const settings = profile === undefined ? undefined : files?.profile(profile);
  if (kind === "login") {
    const region = settings?.get("region");
    return region && suspectedRegion("region", region);
  }
  if (kind !== "sso") return undefined;
  const shared = settings?.get("sso_session");
  const region =
    (shared && files?.ssoSession(shared.value)?.get("sso_region")) ?? settings?.get("sso_region");
  return region && suspectedRegion("sso_region", region);
}

/** A region is required, so the fix is to correct it; undefined if the region exists. */
function suspectedRegion(setting: string, located: LocatedSetting): Origin | undefined {
  if (knownRegions.includes(located.value)) return undefined;
  const { name } = settingOrigin(setting, located);
  return { name, removal: `correct ${name}` };
}

function diagnoseSso(
  text: string,
  profile: string | undefined,
  option: string,
  session: Session | undefined,
): Diagnosis {
  const custom = lastEndpoint(session);
  const status = session?.transport.lastStatus ?? 0;
  const center = "IAM Identity Center";
  const who = custom ? `${center} at ${custom.name}` : center;
  if (status >= 500) {
    return {
      code: "AWS_FAULT",
      why: `${who} had an internal error (HTTP ${status})`,
      fix: custom?.fix ?? "try again; https://health.aws.amazon.com lists outages",
    };
  }
  if (/ForbiddenException|ResourceNotFoundException|No access/.test(text)) {
    return {
      code: "SSO_ROLE_DENIED",
      why: `${who} gives no access to sso_account_id${locationOf(session, profile, "sso_account_id")} and sso_role_name${locationOf(session, profile, "sso_role_name")} of profile ${profile}`,
      fix: "check both, or have that permission set assigned to you",
    };
  }
  if (/TooManyRequests/.test(text)) {
    return {
      code: "THROTTLED",
      why: "IAM Identity Center received too many requests",
      fix: "try again in a minute",
    };
  }
  if (/^InvalidRequestException/.test(text)) {
    return {
      code: "AWS_REFUSED",
      why: `IAM Identity Center refused the request of profile ${profile}: ${text}`,
      fix: `set it up again with 'aws configure sso${option}'`,
    };
  }
  // The answer could not be parsed.
  if (/^(?:SyntaxError|Unknown)|the answer is not valid/.test(text)) {
    return notAws(center, status, session);
  }
  return {
    code: "SSO_EXPIRED",
    why: `the SSO session of profile ${profile} has expired or does not exist`,
    fix: `run 'aws sso login${option}'`,
  };
}

import { namedSetting } from "../../profiles/origin.ts";
import { cutForeign, oneLine } from "../../token/printable.ts";
import type { RoleError } from "../credentials/role-error.ts";
import type { Session } from "../http/session.ts";
import { lastEndpoint, notAws } from "./answerer.ts";
import type { Diagnosis, FetchContext } from "./diagnosis.ts";
import { iamDenialIn, withArticle } from "./iam-denial.ts";
import { keysOrigin, renewalOf, sessionTokenOrigin, webIdentityOrigins } from "./keys-origin.ts";

/** The most characters of an error name; AWS's longest has half of them. */
const longestName = 100;

/** The used fields of the SDK's exception for an error answer. */
export interface ServiceException extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/**
 * The diagnosis of an error that AWS answered. Services use different names for the same errors, with and without
 * "Exception".
 *
 * @param role the role that was being assumed; absent if ECR answered
 * @param session absent if it failed before the session was open
 */
export function diagnoseService(
  error: ServiceException,
  context: FetchContext,
  role: RoleError | undefined,
  session: Session | undefined,
): Diagnosis {
  const custom = lastEndpoint(session);
  const service =
    role || context.wanted === "caller" ? "STS" : context.registry.kind === "public" ? "ECR Public" : "ECR";
  const who = custom ? `${service} at ${custom.name}` : service;
  const origin = keysOrigin(session);
  const keys = origin === undefined ? "" : ` (${origin})`;
  const token = sessionTokenOrigin(session);
  const message = oneLine(cutForeign(error.message));
  const name = oneLine(cutForeign(error.name, longestName));
  const status = error.$metadata.httpStatusCode;
  switch (name.replace(/Exception$/, "")) {
    case "AccessDenied":
    case "UnauthorizedOperation":
    case "NotAuthorized":
      if (isAboutTime(message)) return clock(who);
      return role ? diagnoseRoleDenial(message, role, session) : diagnoseDenial(message, context);
    case "ExpiredToken":
      if (role?.byWebIdentity) return webIdentity(role, message, session);
      return {
        code: "SESSION_EXPIRED",
        why: `${who} reports that the session of the keys has expired`,
        fix: renewalOf(context, session),
      };
    case "UnrecognizedClient":
    case "InvalidClientTokenId":
    case "InvalidAccessKeyId":
    case "InvalidToken":
      return {
        code: "KEYS_UNKNOWN",
        why: `${who} in ${role?.region ?? context.registry.region} does not know the access key${keys}, or not with this session token${token ? ` (${token.name})` : ""}`,
        fix:
          `check that the keys are complete, still active and of partition ${context.registry.partition}, and that ` +
          `the region is enabled for their account${token ? `; for long-term keys ${token.removal}` : ""}` +
          (custom ? `; or ${custom.origin.removal}` : ""),
      };
    case "InvalidSignature":
    case "SignatureDoesNotMatch":
    case "IncompleteSignature":
      if (isAboutTime(message)) return clock(who);
      return {
        code: "KEYS_WRONG",
        why: `${who} does not accept the signature: the secret access key does not belong to the access key ID`,
        fix: `set both again${keys}; quotes or spaces around the secret are a common cause`,
      };
    case "RequestExpired":
    case "RequestTimeTooSkewed":
    case "RequestInTheFuture":
      return clock(who);
    case "RegionDisabled":
    case "OptInRequired":
    case "SubscriptionRequired":
      return {
        code: "REGION_NOT_ENABLED",
        why: `${who} is not enabled for the account in ${role?.region ?? context.registry.region}`,
        fix: "enable the region for the account, or set the region of the role in config.yaml to an enabled one",
      };
    case "InvalidIdentityToken":
    case "IDPRejectedClaim":
    case "IDPCommunicationError":
      return webIdentity(role, message, session);
  }
  if (isThrottling(name, status)) {
    const fix =
      "try again in a minute; let fewer processes call AWS with this account, or share tokens between machines";
    return { code: "THROTTLED", why: `${who} received too many requests`, fix };
  }
  if (status !== undefined && status >= 500) {
    const fix = custom?.fix ?? "try again; https://health.aws.amazon.com lists outages";
    return { code: "AWS_FAULT", why: `${who} had an internal error (HTTP ${status}, ${name})`, fix };
  }
  if (role && /DurationSeconds exceeds|durationSeconds/.test(message)) {
    return {
      code: "ROLE_DURATION",
      why: `role ${role.role}: ${message}`,
      fix: `shorten its duration (${durationName(role, session)}): at most 3600 if a role assumes it, else the role's maximum`,
    };
  }
  // No AWS service has such errors: the answer could not be parsed.
  if (status !== undefined && (status < 400 || isUnreadable(name, message))) {
    return notAws(service, status, session);
  }
  return {
    code: "AWS_REFUSED",
    why: `${who} refused (${name}): ${message}`,
    fix: custom?.fix ?? "look up the error in the documentation of the API",
  };
}

function diagnoseDenial(message: string, { registry, wanted }: FetchContext): Diagnosis {
  const isPublic = registry.kind === "public";
  const needed = wanted === "token" ? "GetAuthorizationToken" : "DescribeRegistry";
  const {
    principal = "its principal",
    action = `${isPublic ? "ecr-public" : "ecr"}:${needed}`,
    deniedBy,
    lacking,
  } = iamDenialIn(message);
  const why = `access denied: ${principal} ${deniedBy === undefined ? "lacks" : "is denied"} ${action}`;
  if (deniedBy !== undefined) {
    return {
      code: "ACCESS_DENIED",
      why: `${why}, by an explicit deny in ${withArticle(deniedBy)}`,
      fix: `have ${action} removed from that ${deniedBy}`,
    };
  }
  const both = isPublic ? "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken" : action;
  return {
    code: "ACCESS_DENIED",
    why,
    fix: `allow ${both} on resource "*" in ${withArticle(lacking)} of ${principal}`,
  };
}

function durationName({ profile }: RoleError, session: Session | undefined): string {
  return profile === undefined ? "duration" : namedSetting(session?.profiles, profile, "duration_seconds");
}

function diagnoseRoleDenial(message: string, role: RoleError, session: Session | undefined): Diagnosis {
  if (role.byWebIdentity) return webIdentity(role, message, session);
  const { principal = "its principal", deniedBy } = iamDenialIn(message);
  const { profile } = role;
  const named = profile === undefined ? "" : ` (${namedSetting(session?.profiles, profile, "role_arn")})`;
  return {
    code: "ROLE_DENIED",
    why: `${principal} ${deniedBy === undefined ? `lacks sts:AssumeRole on ${role.role}${named}` : `is denied sts:AssumeRole on ${role.role}${named}, by an explicit deny in ${withArticle(deniedBy)}`}`,
    fix:
      `name ${principal} in the trust policy of the role, with the same external ID if it requires one, and allow ` +
      "it sts:AssumeRole on the role if that is in another account",
  };
}

function webIdentity(role: RoleError | undefined, message: string, session: Session | undefined): Diagnosis {
  const origins =
    session?.source?.kind === "web-identity" ? webIdentityOrigins(session, session.source) : undefined;
  const isServiceAccount = session?.source?.kind === "service-account";
  const [ofRole, ofToken] = isServiceAccount
    ? ["", " of the pod's service account"]
    : origins
      ? [` (${origins.role})`, ` in ${origins.token}`]
      : ["", ""];
  return {
    code: "WEB_IDENTITY_REFUSED",
    why: `STS refuses the web identity token${ofToken} for role ${role?.role}${ofRole}: ${message}`,
    fix: "check the OIDC provider of the account, the role's trust policy (audience, subject), and that the token has not expired",
  };
}

function clock(who: string): Diagnosis {
  return {
    code: "CLOCK_SKEW",
    why: `${who} reports that the request was signed at the wrong time`,
    fix: "set this machine's clock ('timedatectl set-ntp true')",
  };
}

function isAboutTime(message: string): boolean {
  return /signature (?:expired|not yet current)|request has expired|time.{0,200}skewed/i.test(message);
}

/** Whether the answer could not be parsed; JSON and XML give different messages. */
function isUnreadable(name: string, message: string): boolean {
  return name === "SyntaxError" || name.startsWith("Unknown") || message.includes("Deserialization error");
}

function isThrottling(name: string, status: number | undefined): boolean {
  return status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|SlowDown/.test(name);
}

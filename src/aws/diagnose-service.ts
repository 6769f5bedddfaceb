import { describeIdentity } from "../token/identity.ts";
import { cutForeign, oneLine } from "../token/printable.ts";
import { originOf } from "./endpoints.ts";
import type { Asked, Diagnosis } from "./errors.ts";
import type { Origin } from "./origin.ts";
import type { RoleError } from "./role-error.ts";
import type { Session } from "./session.ts";

/** A host that a setting leads to, in the place of AWS's. */
export interface CustomHost {
  readonly host: string;
  readonly origin: Origin;
}

/** The one that answered last, if it is such a host. */
export function customHost(session: Answered | undefined): CustomHost | undefined {
  const host = session?.transport.lastHost;
  const origin = session && host !== undefined ? originOf(host, session.settings) : undefined;
  return origin && host !== undefined ? { host, origin } : undefined;
}

interface Answered {
  readonly settings: Session["settings"];
  readonly transport: Pick<Session["transport"], "lastHost">;
}

/** Characters of the name of an error; the longest of AWS's has half of them. */
const longestName = 100;

/** What the SDK throws for an answer that is an error, as far as it matters. */
export interface ServiceException extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/**
 * An error that AWS answered, in words. Services write the same errors under different names, with and without
 * "Exception".
 *
 * @param role that was being assumed; absent: ECR answered
 * @param custom absent: AWS's own endpoint answered
 */
export function diagnoseService(
  error: ServiceException,
  asked: Asked,
  role: RoleError | undefined,
  custom: CustomHost | undefined,
): Diagnosis {
  const service =
    role || asked.wanted === "caller" ? "STS" : asked.registry.kind === "public" ? "ECR Public" : "ECR";
  const who = custom ? `${service} at ${custom.host} (${custom.origin.name})` : service;
  const message = oneLine(cutForeign(error.message));
  const name = oneLine(cutForeign(error.name, longestName));
  const status = error.$metadata.httpStatusCode;
  switch (name.replace(/Exception$/, "")) {
    case "AccessDenied":
    case "UnauthorizedOperation":
    case "NotAuthorized":
      if (isAboutTime(message)) return clock(who);
      return role ? diagnoseRoleDenial(message, role) : diagnoseDenial(message, asked);
    case "ExpiredToken":
      if (role?.byWebIdentity) return webIdentity(role, message);
      return {
        code: "SESSION_EXPIRED",
        why: `${who} says that the session of its keys has ended`,
        mend: renewal(asked),
      };
    case "UnrecognizedClient":
    case "InvalidClientTokenId":
    case "InvalidAccessKeyId":
    case "InvalidToken":
      return {
        code: "KEYS_UNKNOWN",
        why: `${who} in ${role?.region ?? asked.registry.region} does not know the access key, or not with that session token`,
        mend:
          `check that the keys are whole, still active and of partition ${asked.registry.partition}, and that ` +
          `the region is enabled for their account${custom ? `; or ${custom.origin.removal}` : ""}`,
      };
    case "InvalidSignature":
    case "SignatureDoesNotMatch":
    case "IncompleteSignature":
      if (isAboutTime(message)) return clock(who);
      return {
        code: "KEYS_WRONG",
        why: `${who} does not accept the signature: the secret access key is not that of the access key`,
        mend: "set both anew; quotes or spaces around the secret are a usual cause",
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
        why: `${who} is not enabled for the account in ${role?.region ?? asked.registry.region}`,
        mend: "enable the region for the account, or set the region of the role in config.yaml to one that is",
      };
    case "InvalidIdentityToken":
    case "IDPRejectedClaim":
    case "IDPCommunicationError":
      return webIdentity(role, message);
  }
  if (isThrottling(name, status)) {
    const mend = "try again in a minute; have fewer callers share the account, or share one machine's tokens";
    return { code: "THROTTLED", why: `${who} was asked too often`, mend };
  }
  if (status !== undefined && status >= 500) {
    const mend = custom ? mendOfCustom(custom) : "try again; https://health.aws.amazon.com lists outages";
    return { code: "AWS_FAULT", why: `${who} failed by itself (HTTP ${status}, ${name})`, mend };
  }
  if (role && /DurationSeconds exceeds|durationSeconds/.test(message)) {
    return {
      code: "ROLE_DURATION",
      why: `role ${role.role}: ${message}`,
      mend: "shorten its duration (duration_seconds): 3600 where a role assumes it, else the role's maximum",
    };
  }
  // No service of AWS's words its errors so: the SDK could make nothing of the answer.
  if (status !== undefined && (status < 400 || name === "SyntaxError" || name.startsWith("Unknown"))) {
    return {
      code: "BAD_ANSWER",
      why: `what answered for ${who} is not AWS (HTTP ${status})`,
      mend: custom
        ? mendOfCustom(custom)
        : "look for a captive portal or a proxy that answers in AWS's place",
    };
  }
  return {
    code: "AWS_REFUSED",
    why: `${who} refused (${name}): ${message}`,
    mend: custom ? mendOfCustom(custom) : "look the error up in the documentation of the API",
  };
}

export function mendOfCustom({ host, origin }: CustomHost): string {
  return `see what answers at ${host}, or ${origin.removal}`;
}

/** "User: ARN is not authorized to perform: ACTION on resource: R because no KIND policy allows the ACTION action" */
const denial = /User: (\S{1,2048}) is not authorized to perform: ([\w-]{1,64}:\w{1,128})/;
const lackingPolicy = /because no ([\w -]{1,60}?) allows/;
const denyingPolicy = /with an explicit deny(?: in an? ([\w -]{1,60}?))?(?:$|[.:,])/;

function diagnoseDenial(message: string, { registry, wanted }: Asked): Diagnosis {
  const isPublic = registry.kind === "public";
  const needed = wanted === "token" ? "GetAuthorizationToken" : "DescribeRegistry";
  const [, principal = "its principal", action = `${isPublic ? "ecr-public" : "ecr"}:${needed}`] =
    denial.exec(message) ?? [];
  const denying = denyingPolicy.exec(message);
  const why = `access denied: ${principal} may not ${action}`;
  if (denying) {
    const policy = denying[1] ?? "policy";
    return {
      code: "ACCESS_DENIED",
      why: `${why}, by an explicit deny in a ${policy}`,
      mend: `have ${action} taken out of that ${policy}`,
    };
  }
  const policy = lackingPolicy.exec(message)?.[1] ?? "identity-based policy";
  const both = isPublic ? "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken" : action;
  return {
    code: "ACCESS_DENIED",
    why,
    mend: `allow ${both} on resource "*" in an ${policy} of ${principal}`.replace("an VPC", "a VPC"),
  };
}

function diagnoseRoleDenial(message: string, role: RoleError): Diagnosis {
  if (role.byWebIdentity) return webIdentity(role, message);
  const principal = denial.exec(message)?.[1] ?? "its principal";
  const denying = denyingPolicy.exec(message);
  return {
    code: "ROLE_DENIED",
    why: `${principal} may not sts:AssumeRole on ${role.role}${denying ? `, by an explicit deny in a ${denying[1] ?? "policy"}` : ""}`,
    mend:
      `name ${principal} in the trust policy of the role, with the same external id if it asks for one, and allow ` +
      "it sts:AssumeRole on the role where that is of another account",
  };
}

function webIdentity(role: RoleError | undefined, message: string): Diagnosis {
  return {
    code: "WEB_IDENTITY_REFUSED",
    why: `STS does not give role ${role?.role} for the web identity token: ${message}`,
    mend: "check the OIDC provider of the account, the role's trust policy (audience, subject), and that the token is fresh",
  };
}

function clock(who: string): Diagnosis {
  return {
    code: "CLOCK_SKEW",
    why: `${who} says that the request was signed at the wrong time`,
    mend: "set this machine's clock ('timedatectl set-ntp true')",
  };
}

function isAboutTime(message: string): boolean {
  return /signature (?:expired|not yet current)|request has expired|time.{0,200}skewed/i.test(message);
}

function isThrottling(name: string, status: number | undefined): boolean {
  return status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|SlowDown/.test(name);
}

function renewal({ identity, env }: Asked): string {
  if (identity.kind === "ambient" && env.AWS_ACCESS_KEY_ID) {
    return "put fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN into the environment";
  }
  return `renew the session keys (aws_session_token) of ${describeIdentity(identity, env)}, or sign in again`;
}

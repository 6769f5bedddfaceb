import { cutForeign, oneLine } from "../token/printable.ts";
import { profileOption } from "./credentials/profile-option.ts";
import { type CustomHost, customHost, mendOfCustom } from "./diagnose-service.ts";
import { diagnoseTransport } from "./diagnose-transport.ts";
import type { Diagnosis } from "./errors.ts";
import type { Session } from "./session.ts";
import type { SourceError } from "./source-error.ts";
import { TransportError } from "./transport-error.ts";

/**
 * Why a source of credentials failed. The SDK's providers tell it by text alone; the kind of source, which we
 * know, says how to read it.
 *
 * @param session whose transport has what they swallow, or keep the text of
 */
export function diagnoseSource(error: SourceError, session: Session | undefined): Diagnosis {
  const { kind, profile, cause } = error;
  if (cause instanceof TransportError) return diagnoseTransport(cause, session);
  const last = session?.transport;
  if (last?.lastError) return diagnoseTransport(last.lastError, session);
  const text = oneLine(cutForeign(cause instanceof Error ? cause.message : String(cause)));
  const option = profileOption(profile);
  switch (kind) {
    case "sso":
      return diagnoseSso(text, profile, option, last?.lastStatus ?? 0, customHost(session));
    case "login":
      return {
        code: "LOGIN_EXPIRED",
        why: `the sign-in of profile ${profile} has ended: ${text}`,
        mend: `run 'aws login${option}'`,
      };
    case "process":
      return {
        code: "PROCESS_FAILED",
        why: `the credential_process of profile ${profile} gave no credentials: ${text}`,
        mend: "run its command by hand; it must print the credentials as JSON (Version 1), end by itself and exit 0",
      };
    case "web-identity":
      return {
        code: "WEB_IDENTITY_FILE",
        why: `the web identity token can't be read: ${text}`,
        mend: `check ${profile === undefined ? "AWS_WEB_IDENTITY_TOKEN_FILE" : `web_identity_token_file of profile ${profile}`}`,
      };
    case "environment":
    case "static":
    case "old-file":
    case "container":
    case "instance":
      return {
        code: "NO_CREDENTIALS",
        why: `the credential_source of profile ${profile} has none: ${text}`,
        mend: "see that the environment, container or instance that it names has credentials",
      };
  }
}

function diagnoseSso(
  text: string,
  profile: string | undefined,
  option: string,
  status: number,
  custom: CustomHost | undefined,
): Diagnosis {
  const who = `IAM Identity Center${custom ? ` at ${custom.host} (${custom.origin.name})` : ""}`;
  if (status >= 500) {
    return {
      code: "AWS_FAULT",
      why: `${who} failed by itself (HTTP ${status})`,
      mend: custom ? mendOfCustom(custom) : "try again; https://health.aws.amazon.com lists outages",
    };
  }
  if (/ForbiddenException|ResourceNotFoundException|No access/.test(text)) {
    return {
      code: "SSO_ROLE_DENIED",
      why: `IAM Identity Center gives no access to sso_account_id and sso_role_name of profile ${profile}`,
      mend: "check both, or have that permission set assigned to you",
    };
  }
  if (/TooManyRequests/.test(text)) {
    return {
      code: "THROTTLED",
      why: "IAM Identity Center was asked too often",
      mend: "try again in a minute",
    };
  }
  if (/^InvalidRequestException/.test(text)) {
    return {
      code: "AWS_REFUSED",
      why: `IAM Identity Center refused what profile ${profile} asks for: ${text}`,
      mend: `set it up anew with 'aws configure sso${option}'`,
    };
  }
  // The SDK could make nothing of the answer.
  if (/^(?:SyntaxError|Unknown)|the answer is not valid/.test(text)) {
    return {
      code: "BAD_ANSWER",
      why: `what answered for ${who} is not AWS (HTTP ${status})`,
      mend: custom
        ? mendOfCustom(custom)
        : "look for a captive portal or a proxy that answers in AWS's place",
    };
  }
  return {
    code: "SSO_EXPIRED",
    why: `the SSO session of profile ${profile} has ended or was never begun`,
    mend: `run 'aws sso login${option}'`,
  };
}

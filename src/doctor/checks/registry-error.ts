import { isExpiredTokenMessage, type RegistryResponse } from "../../aws/calls/registry-request.ts";
import { type IamDenial, iamDenialIn, withArticle } from "../../aws/errors/iam-denial.ts";
import type { Registry } from "../../registry/registry.ts";
import { cutForeign, oneLine } from "../../token/printable.ts";
import { type Finding, failed } from "./finding.ts";

/** The login that was sent. */
export interface SentLogin {
  /** "the token that …" */
  readonly words: string;
  /** What to do if the registry does not accept it. */
  readonly fix: string;
}

/**
 * The meaning of a registry's error. ECR's messages:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html
 */
export function explainError(
  { status, body }: RegistryResponse,
  registry: Registry,
  sent: SentLogin,
): Finding {
  const { host } = registry;
  const { code, message } = firstError(body);
  if (isExpiredTokenMessage(message)) {
    return failed("TOKEN_EXPIRED", `${host} answers that ${sent.words} has expired (${status})`, sent.fix);
  }
  const denial = iamDenialIn(message);
  if (denial.action !== undefined) return explainDenial(denial);
  if (status === 404 && code === "NAME_UNKNOWN") {
    return failed("REPOSITORY_UNKNOWN", message, repositoryFix(registry));
  }
  if (status === 404 && code === "MANIFEST_UNKNOWN") {
    const cached = "; under a pull-through cache rule, allow ecr:BatchImportUpstreamImage";
    return failed(
      "IMAGE_UNKNOWN",
      message,
      `check tag and digest${registry.kind === "public" ? "" : cached}`,
    );
  }
  switch (status) {
    case 400: {
      const what = `${host} rejects ${sent.words} (400): it was issued for another region, or is truncated or modified`;
      return failed("TOKEN_UNKNOWN", what, sent.fix);
    }
    case 401: {
      const what = `${host} received no login (401), though ${sent.words} was sent`;
      return failed("TOKEN_MISSING", what, "see whether a proxy removes the Authorization header");
    }
    case 403:
      return failed(
        "REGISTRY_DENIED",
        `${host} denies the request (403): ${message}`,
        "check the registry's permissions policy and the IAM policies of this identity",
      );
    case 429:
      return failed("THROTTLED", `${host} received too many requests (429)`, "try again in a minute");
  }
  if (status >= 500) {
    const fix = "try again; https://health.aws.amazon.com lists outages";
    return failed("AWS_FAULT", `${host} has an internal error (${status})`, fix);
  }
  const what = `what answers for ${host} is not ECR (HTTP ${status})`;
  return failed(
    "BAD_ANSWER",
    what,
    "check for a captive portal, a proxy or a DNS server that returns wrong addresses",
  );
}

function repositoryFix(registry: Registry): string {
  if (registry.kind === "public") return "look for its name at https://gallery.ecr.aws";
  const { account, region } = registry;
  const command = `aws ecr describe-repositories --registry-id ${account} --region ${region}`;
  return `see '${command}'; under a pull-through cache rule, allow ecr:CreateRepository`;
}

/** The end of the message says which policy needs a fix. */
function explainDenial({
  principal = "",
  action = "",
  resource,
  deniedBy,
  lacking: policy,
}: IamDenial): Finding {
  const permission = `${action}${resource === undefined ? "" : ` on ${resource}`}`;
  const what = `${principal} lacks ${permission}`;
  if (deniedBy !== undefined) {
    const seen = `${principal} is denied ${permission}, by an explicit deny in ${withArticle(deniedBy)}`;
    return failed("DENIED_EXPLICITLY", seen, `remove the Deny for ${action} from that policy`);
  }
  if (policy.startsWith("resource-based")) {
    const fix = `allow it in the repository's account: aws ecr set-repository-policy`;
    return failed("REPOSITORY_POLICY", `${what}: the repository's policy does not allow it`, fix);
  }
  if (policy.startsWith("identity-based")) {
    const fix = `allow ${action} on the repository in an IAM policy of ${principal}`;
    return failed("IDENTITY_POLICY", `${what}: no identity-based policy allows it`, fix);
  }
  return failed("DENIED_BY_POLICY", `${what}: no ${policy} allows it`, `allow ${action} in the ${policy}`);
}

/** The first error, in the format of the distribution API. */
function firstError(body: string): { readonly code: string; readonly message: string } {
  try {
    const { code, message } = JSON.parse(body).errors[0];
    return { code: cutForeign(String(code), 64), message: oneLine(cutForeign(String(message))) };
  } catch {
    return { code: "", message: "" };
  }
}

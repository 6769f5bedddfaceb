import { isExpiredTokenMessage, type RegistryResponse } from "../../aws/calls/registry-request.ts";
import { type IamDenial, iamDenialIn, withArticle } from "../../aws/errors/iam-denial.ts";
import type { Registry } from "../../registry/registry.ts";
import { cutForeign, oneLine } from "../../token/printable.ts";
import { type Finding, failed } from "./finding.ts";

/** The login that was refused. */
export interface Sent {
  /** "the token that …" */
  readonly words: string;
  /** What to do where it is worth nothing at the registry. */
  readonly fix: string;
}

/**
 * What a registry's refusal means. The words are ECR's own:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html
 */
export function explain({ status, body }: RegistryResponse, registry: Registry, sent: Sent): Finding {
  const { host } = registry;
  const { code, message } = firstError(body);
  if (isExpiredTokenMessage(message)) {
    return failed("TOKEN_EXPIRED", `${host} takes ${sent.words} for expired (${status})`, sent.fix);
  }
  const denial = iamDenialIn(message);
  if (denial.action !== undefined) return explainDenial(denial);
  if (status === 404 && code === "NAME_UNKNOWN") {
    return failed("REPOSITORY_UNKNOWN", message, whereRepositoriesAre(registry));
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
      const what = `${host} does not know ${sent.words} (400): one of another region, or cut or altered`;
      return failed("TOKEN_UNKNOWN", what, sent.fix);
    }
    case 401: {
      const what = `${host} saw no login (401), though ${sent.words} was sent`;
      return failed("TOKEN_MISSING", what, "see whether a proxy takes the Authorization header out");
    }
    case 403:
      return failed(
        "REGISTRY_DENIED",
        `${host} denies it (403): ${message}`,
        "see who may use this registry",
      );
    case 429:
      return failed("THROTTLED", `${host} was asked too often (429)`, "try again in a minute");
  }
  if (status >= 500) {
    const fix = "try again; https://health.aws.amazon.com tells of outages";
    return failed("AWS_FAULT", `${host} failed by itself (${status})`, fix);
  }
  const what = `what answers for ${host} is not ECR (HTTP ${status})`;
  return failed("BAD_ANSWER", what, "check for a captive portal, a proxy or a name server that lies");
}

function whereRepositoriesAre(registry: Registry): string {
  if (registry.kind === "public") return "look for its name at https://gallery.ecr.aws";
  const { account, region } = registry;
  const command = `aws ecr describe-repositories --registry-id ${account} --region ${region}`;
  return `see '${command}'; under a pull-through cache rule, allow ecr:CreateRepository`;
}

/** The last words of the message say which side needs a fix. */
function explainDenial({
  principal = "",
  action = "",
  resource,
  deniedBy,
  lacking: policy,
}: IamDenial): Finding {
  const what = `${principal} may not ${action}${resource === undefined ? "" : ` on ${resource}`}`;
  if (deniedBy !== undefined) {
    const seen = `${what}, by a deny in ${withArticle(deniedBy)}`;
    return failed("DENIED_EXPLICITLY", seen, `have ${action} taken out of it`);
  }
  if (policy.startsWith("resource-based")) {
    const fix = `have the repository's account allow it: aws ecr set-repository-policy`;
    return failed("REPOSITORY_POLICY", `${what}: the repository's policy does not allow it`, fix);
  }
  if (policy.startsWith("identity-based")) {
    const fix = `allow ${action} on the repository in an IAM policy of ${principal}`;
    return failed("IDENTITY_POLICY", `${what}: no policy of its own allows it`, fix);
  }
  return failed(
    "DENIED_BY_POLICY",
    `${what}: no ${policy} allows it`,
    `have ${action} allowed in the ${policy}`,
  );
}

/** The distribution API's form of errors. */
function firstError(body: string): { readonly code: string; readonly message: string } {
  try {
    const { code, message } = JSON.parse(body).errors[0];
    return { code: cutForeign(String(code), 64), message: oneLine(cutForeign(String(message))) };
  } catch {
    return { code: "", message: "" };
  }
}

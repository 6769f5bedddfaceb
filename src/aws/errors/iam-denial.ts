/** The parts of IAM's message about a denied request. A missing part is absent. */
export interface IamDenial {
  readonly principal?: string;
  /** "ecr:BatchGetImage" */
  readonly action?: string;
  readonly resource?: string;
  /** The kind of policy that denies it explicitly; "policy" if the message does not name it. */
  readonly deniedBy?: string;
  /** The kind of policy that would have to allow it. */
  readonly lacking: string;
}

const denial =
  /User: (\S{1,2048}) is not authorized to perform: ([\w-]{1,64}:\w{1,128})(?: on resource: (\S{1,2048}))?/;
const lackingPolicy = /because no ([\w -]{1,60}?) allows/;
const denyingPolicy = /with an explicit deny(?: in an? ([\w -]{1,60}?))?(?:$|[.:,])/;

/**
 * Reads "User: ARN is not authorized to perform: ACTION on resource: R because no KIND policy allows the ACTION action":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function iamDenialIn(message: string): IamDenial {
  const [, principal, action, resource] = denial.exec(message) ?? [];
  const denying = denyingPolicy.exec(message);
  return {
    ...(principal !== undefined && { principal }),
    ...(action !== undefined && { action }),
    ...(resource !== undefined && { resource }),
    ...(denying && { deniedBy: denying[1] ?? "policy" }),
    lacking: lackingPolicy.exec(message)?.[1] ?? "identity-based policy",
  };
}

/** "an identity-based policy", "a VPC endpoint policy" */
export function withArticle(policy: string): string {
  return `${/^[aeio]/i.test(policy) ? "an" : "a"} ${policy}`;
}

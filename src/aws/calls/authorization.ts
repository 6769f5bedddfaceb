import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { getAuthorization, type RawAuthorization } from "../api/ecr.ts";
import { AnswerError } from "../http/answers.ts";
import { registryEndpoint } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";

/** A decoded answer of ECR. */
export interface Authorization {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since the epoch by AWS's clock. */
  readonly expiresAt: number;
}

/**
 * Requests a token with credentials.
 *
 * @throws AnswerError, ServiceError, TransportError
 */
export async function authorize(session: Session, credentials: AwsCredentials): Promise<Authorization> {
  const endpoint = registryEndpoint(session.registry, session.settings);
  session.waitingFor = { what: `ECR at ${new URL(endpoint).host}` };
  return authorizationIn(await getAuthorization(session, endpoint, credentials));
}

/** @throws AnswerError */
export function authorizationIn({ authorizationToken = "", expiresAt }: RawAuthorization): Authorization {
  const decoded = Buffer.from(authorizationToken, "base64").toString();
  const colon = decoded.indexOf(":");
  const end = expiresAt?.getTime() ?? Number.NaN;
  if (colon <= 0 || colon === decoded.length - 1 || Number.isNaN(end)) {
    throw new AnswerError("the answer contains no authorization token");
  }
  // The registry would refuse a damaged password without a reason.
  if (!/^[!-~]+$/.test(decoded)) throw new AnswerError("the authorization token in the answer is damaged");
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1), expiresAt: end };
}

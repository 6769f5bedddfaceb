import type { AuthorizationToken } from "../../token/entry.ts";
import { consistentSkew } from "../../token/life.ts";
import { AnswerError } from "../http/answers.ts";
import { authorize } from "./authorization.ts";
import { type AwsRequest, askAws } from "./call.ts";

/**
 * Fetches an authorization token for the registry's region.
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export function fetchToken(request: AwsRequest): Promise<AuthorizationToken> {
  return askAws(request, "token", async (session, credentials) => {
    const authorization = await authorize(session, credentials);
    const { expiresAt } = authorization;
    const now = request.now();
    const clockSkew = consistentSkew(expiresAt, session.transport.clockSkew, now);
    if (expiresAt - clockSkew <= now) {
      throw new AnswerError(`the token in the answer expired at ${new Date(expiresAt).toISOString()}`);
    }
    return {
      ...authorization,
      clockSkew,
      ...(credentials.expiration && { sessionEndsAt: credentials.expiration.getTime() }),
    };
  });
}

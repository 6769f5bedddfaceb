import type { AuthorizationToken } from "../token/authorization.ts";
import { type AwsRequest, askAws } from "./ask.ts";
import { authorize } from "./authorization.ts";

/**
 * Asks AWS for an authorization token of the registry's region.
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export function fetchToken(request: AwsRequest): Promise<AuthorizationToken> {
  return askAws(request, "token", async (session, credentials) => {
    const authorization = await authorize(session, credentials);
    return {
      ...authorization,
      clockSkew: session.transport.clockSkew,
      ...(credentials.expiration && { sessionEndsAt: credentials.expiration.getTime() }),
    };
  });
}

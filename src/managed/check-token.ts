import { isTokenRefused, requestRegistry } from "../aws/calls/registry-request.ts";
import { awsRequest } from "../provider/aws-request.ts";
import type { AppContext } from "../provider/context.ts";
import type { ResolvedRegistration } from "../provider/token-provider.ts";
import type { TokenVerdict } from "../refresher/check-schedule.ts";
import type { Job } from "../refresher/job.ts";
import { parseHost } from "../registry/host.ts";
import type { AuthorizationEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";

/**
 * Checks whether a registry of the job accepts a token. Only host names of ECR are called: a server with another name
 * must not get a token unless there is a pull.
 */
export async function checkToken(
  app: AppContext,
  registration: ResolvedRegistration,
  { registries }: Job,
  { username, secret }: AuthorizationEntry,
  signal: AbortSignal,
): Promise<TokenVerdict> {
  const registry = registries.find(({ host }) => parseHost(host) !== undefined);
  if (!registry) return "accepted";
  try {
    const request = awsRequest(app, registration, registry, signal);
    const answer = await requestRegistry(request, "/v2/", { username, secret });
    if (isTokenRefused(answer)) return "refused";
    return answer.status >= 500 || answer.status === 429 ? "unknown" : "accepted";
  } catch (error) {
    if (error instanceof Failure) return "unknown";
    throw error;
  }
}

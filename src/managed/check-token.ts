import { isTokenRefused, requestRegistry } from "../aws/calls/registry-request.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
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
  { env, home, now }: AppContext,
  { awsIdentity: identity, config, read: files }: ResolvedRegistration,
  { registries }: Job,
  { username, secret }: AuthorizationEntry,
  signal: AbortSignal,
): Promise<TokenVerdict> {
  const registry = registries.find(({ host }) => parseHost(host) !== undefined);
  if (!registry) return "accepted";
  const request = { registry, identity, config, env, home, now, signal, files, refuseFile };
  try {
    const answer = await requestRegistry(request, "/v2/", { username, secret });
    if (isTokenRefused(answer)) return "refused";
    return answer.status >= 500 || answer.status === 429 ? "unknown" : "accepted";
  } catch (error) {
    if (error instanceof Failure) return "unknown";
    throw error;
  }
}

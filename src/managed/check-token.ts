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
 * Asks a registry of the job whether it accepts a token. Only hosts of ECR's own are asked: what answers under another
 * name must not get a token without a pull.
 */
export async function checkToken(
  { env, home, now }: AppContext,
  { asker: identity, config, read: files }: ResolvedRegistration,
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

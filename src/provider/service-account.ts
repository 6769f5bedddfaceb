import { fetchToken } from "../aws/calls/fetch-token.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
import type { TimedCredential } from "../protocol/timed-credential.ts";
import type { Registry } from "../registry/registry.ts";
import type { Environment } from "../token/dependencies.ts";
import type { ServiceAccountIdentity } from "../token/identity.ts";
import { longestLife } from "../token/life.ts";

/**
 * A credential fetched with the role of a service account. It is not stored: the credential of one service account must
 * never be returned for another.
 *
 * @param until when the calls to AWS end, in milliseconds of `performance.now`
 * @throws Failure
 */
export async function forServiceAccount(
  registry: Registry,
  identity: ServiceAccountIdentity,
  { env, home = "" }: { readonly env: Environment; readonly home: string | undefined },
  until: number,
): Promise<TimedCredential> {
  const signal = AbortSignal.timeout(Math.max(1, until - performance.now()));
  const request = { registry, identity, env, home, now: Date.now, signal, refuseFile };
  const { username, password, expiresAt, clockSkew } = await fetchToken(request);
  const end = Math.min(expiresAt - clockSkew, Date.now() + longestLife);
  return { username, secret: password, expiresAt: end };
}

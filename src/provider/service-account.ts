import { fetchToken } from "../aws/calls/fetch-token.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
import type { TimedCredential } from "../protocol/timed-credential.ts";
import type { Registry } from "../registry/registry.ts";
import type { Environment } from "../token/dependencies.ts";
import type { ServiceAccountIdentity } from "../token/identity.ts";

/** Milliseconds; kubelet itself gives a plugin a minute. */
const limit = 17_000;

/**
 * A credential under the role of a service account. Nothing of it is stored: the credential of one service account
 * must never serve another.
 *
 * @throws Failure
 */
export async function forServiceAccount(
  registry: Registry,
  identity: ServiceAccountIdentity,
  { env, home = "" }: { readonly env: Environment; readonly home: string | undefined },
): Promise<TimedCredential> {
  const signal = AbortSignal.timeout(limit);
  const request = { registry, identity, env, home, now: Date.now, signal, refuseFile };
  const { username, password, expiresAt, clockSkew } = await fetchToken(request);
  return { username, secret: password, expiresAt: expiresAt - clockSkew };
}

import type { Registry } from "../registry/registry.ts";
import type { AuthorizationToken } from "../token/authorization.ts";
import type { Environment } from "../token/dependencies.ts";
import type { Identity } from "../token/identity.ts";
import { authorize } from "./authorization.ts";
import { resolveCredentials } from "./credentials.ts";
import { failureOf, timeout } from "./errors.ts";
import { profileNameOf, readProfiles } from "./profiles.ts";
import { readBundle } from "./roots.ts";
import { type Limits, type Session, usualLimits } from "./session.ts";
import { Transport } from "./transport.ts";

export interface TokenRequest {
  readonly registry: Registry;
  readonly identity: Identity;
  /**
   * process.env in the program. Of another one everything is honoured but what only the SDK reads: the place of the
   * sign-in files (HOME), the settings of instance metadata, SSO's custom endpoints, AWS_MAX_ATTEMPTS.
   */
  readonly env: Environment;
  /** The folder that holds `.aws`. */
  readonly home: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The whole budget: when it ends the fetch does, whatever hangs. */
  readonly signal: AbortSignal;
  /** Tests shorten them. */
  readonly limits?: Partial<Limits>;
}

/**
 * Asks AWS for an authorization token of the registry's region, under credentials that are got anew.
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export async function fetchToken(request: TokenRequest): Promise<AuthorizationToken> {
  const { signal } = request;
  const progress: Progress = {};
  const late = Promise.withResolvers<never>();
  const end = () => late.reject(timeout(request, progress.session?.waitingFor));
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  const answer = ask(request, progress).catch((error) => {
    throw failureOf(error, request, progress.session);
  });
  // The one that comes second has nobody who waits for it.
  answer.catch(() => {});
  late.promise.catch(() => {});
  try {
    return await Promise.race([late.promise, answer]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** How far a fetch has come, for the words of its failure. */
interface Progress {
  session?: Session;
}

async function ask(request: TokenRequest, progress: Progress): Promise<AuthorizationToken> {
  const { registry, identity, env, home, now, signal } = request;
  const limits = { ...usualLimits, ...request.limits };
  const profiles = await readProfiles(env, home);
  const profile = profileNameOf(identity, env);
  const bundlePath = env.AWS_CA_BUNDLE || profiles.sections[profile]?.ca_bundle;
  const bundle = bundlePath ? await readBundle(bundlePath) : undefined;
  const transport = new Transport({ env, bundle, signal, requestLimit: limits.request, now });
  const settings = { env, profiles, profile };
  const session: Session = {
    ...{ registry, identity, env, profiles, settings, transport, signal, limits },
    waitingFor: "the AWS credentials",
  };
  progress.session = session;
  const credentials = await resolveCredentials(session, identity);
  const authorization = await authorize(session, credentials);
  return {
    ...authorization,
    clockSkew: transport.clockSkew,
    ...(credentials.expiration && { sessionEndsAt: credentials.expiration.getTime() }),
  };
}

import type { Login } from "../clients/docker/login.ts";
import type { Config } from "../config/config.ts";
import { readAuthorizations } from "../managed/refresh-ports.ts";
import type { ManagedRegistries } from "../managed/registries.ts";
import { readClock } from "../store/files/clock.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import { fingerprint } from "../token/dependencies.ts";
import { lifeState, timeLeft } from "../token/life.ts";

/** What every output must contain now. */
export interface OutputTokens {
  /** By host; none has expired. */
  readonly logins: ReadonlyMap<string, Login>;
  /** Differs whenever one of them differs. */
  readonly revision: string;
  /** When each of them expires by the wall clock at its issue, in milliseconds since the epoch, by host. */
  readonly expiries: ReadonlyMap<string, number>;
  /** When the first expires, in milliseconds since the epoch; Infinity: there is none. */
  readonly firstEndsAt: number;
}

/**
 * The tokens of all registries that are renewed, and of their aliases: a program that can't run a helper never requests
 * an alias, so aliases are never discovered. A token of an explicit `docker login` is not copied.
 */
export async function outputTokens(
  { store, files, now }: StoredTokens,
  { plan, minValidity }: ManagedRegistries,
  { aliases }: Config,
): Promise<OutputTokens> {
  const keys = plan.jobs.map(({ key }) => key);
  const stored = await readAuthorizations(store, keys, minValidity);
  const clock = readClock(files, now());
  const logins = new Map<string, Login>();
  const expiries = new Map<string, number>();
  const issues: unknown[] = [];
  let firstEndsAt = Infinity;
  for (const { key, registries } of plan.jobs) {
    const token = stored.get(key);
    if (!token || lifeState(token.life, clock) === "expired") continue;
    const endsAt = clock.now + timeLeft(token.life, clock);
    for (const { host } of registries) {
      logins.set(host, token);
      expiries.set(host, token.life.expiresAt);
    }
    issues.push([key, token.life.issuedAt, registries.map(({ host }) => host)]);
    firstEndsAt = Math.min(firstEndsAt, endsAt);
  }
  for (const [alias, target] of Object.entries(aliases)) {
    const login = logins.get(target);
    if (!login) continue;
    logins.set(alias, login);
    expiries.set(alias, expiries.get(target) ?? Infinity);
  }
  return { logins, revision: fingerprint([issues, aliases]), expiries, firstEndsAt };
}

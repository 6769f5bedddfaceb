import type { Login } from "../clients/docker/login.ts";
import type { Config } from "../config/config.ts";
import { readHeld } from "../managed/refresh-ports.ts";
import type { Keeping } from "../managed/registries.ts";
import type { Surroundings } from "../provider/context.ts";
import { readClock } from "../store/files/clock.ts";
import { fingerprint } from "../token/dependencies.ts";
import { lifeState, timeLeft } from "../token/life.ts";

/** What is to stand in every output now. */
export interface OutputTokens {
  /** By host, none of them expired. */
  readonly logins: ReadonlyMap<string, Login>;
  /** Changes with any of them. */
  readonly revision: string;
  /** When the first expires, milliseconds since the epoch; Infinity: there is none. */
  readonly firstEndsAt: number;
}

/**
 * The tokens of all registries that are renewed, and of the aliases of these: who can't run a helper never asks for
 * an alias, so none would ever be learnt. An explicit `docker login` stays with who made it.
 */
export async function outputTokens(
  around: Surroundings,
  { plan, minValidity }: Keeping,
  { aliases }: Config,
): Promise<OutputTokens> {
  const keys = plan.jobs.map(({ key }) => key);
  const held = await readHeld(around, keys, minValidity);
  const clock = readClock(around.files, around.now());
  const logins = new Map<string, Login>();
  const issues: unknown[] = [];
  let firstEndsAt = Infinity;
  for (const { key, registries } of plan.jobs) {
    const token = held.get(key);
    if (!token || lifeState(token.life, clock) === "expired") continue;
    for (const { host } of registries) logins.set(host, token);
    issues.push([key, token.life.issuedAt, registries.map(({ host }) => host)]);
    firstEndsAt = Math.min(firstEndsAt, clock.now + timeLeft(token.life, clock));
  }
  for (const [alias, target] of Object.entries(aliases)) {
    const login = logins.get(target);
    if (login) logins.set(alias, login);
  }
  return { logins, revision: fingerprint([issues, aliases]), firstEndsAt };
}

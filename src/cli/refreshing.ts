import { stat, utimes } from "node:fs/promises";
import { sameToken } from "../refresher/guard.ts";
import type { Guard, RefreshPorts } from "../refresher/ports.ts";
import type { Registry } from "../registry/registry.ts";
import { readClock } from "../store/clock.ts";
import { tokenPath } from "../store/files.ts";
import { type AuthorizationEntry, entryFormat } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { lifeState, timeLeft, withMinValidity } from "../token/life.ts";
import { type Keeping, sameRegistration } from "./keeping.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds, as in `usualTiming`. */
const callLimit = 30_000;

/**
 * What the refresher takes, over this program's files and AWS.
 *
 * @param keeping what is kept now: asked anew at each step, since it may have changed meanwhile
 * @param wanted milliseconds of life that a token brought by another process must have to do
 */
export function refreshPorts(around: Surroundings, keeping: () => Keeping, wanted = 0): RefreshPorts {
  const { files, store, now, folders } = around;
  const clock = () => readClock(files, now());
  const configStamp = files.stamp(folders.configFile);
  return {
    clock,
    read: (keys) => readHeld(around, keys, keeping().minValidity),
    planned: (job) =>
      files.stamp(folders.configFile) === configStamp &&
      keeping().plan.jobs.some(({ key, revision }) => key === job.key && revision === job.revision),
    async renew({ key, askThrough }, seen, { unless, signal }) {
      // A token that can't be kept serves nobody: each get asks AWS by itself.
      await store.mustKeep();
      const registration = await sameRegistration(keeping(), askThrough, key);
      const until = now() + callLimit;
      let unkept: Failure | undefined;
      const enough = ({ life, secret }: AuthorizationEntry) =>
        !sameToken({ life, secret } as AuthorizationEntry, seen) &&
        lifeState(life, clock()) === "fresh" &&
        timeLeft(life, clock()) >= wanted;
      const entry = await keeping().asking.obtain(
        askThrough,
        registration,
        { fetch: until, turn: until, signal },
        {
          enough,
          unless,
          unkept: (failure) => {
            unkept = failure;
          },
        },
      );
      if (unkept && !sameToken(await store.readAuthorization(key), entry)) throw unkept;
      return entry;
    },
    async serve({ key, registries }, entry, guard) {
      let failed: Failure | undefined;
      for (const registry of registries) {
        try {
          await serveRegistry(registry, key, entry, guard, around, keeping());
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failed ??= error;
        }
      }
      if (failed) throw failed;
    },
    deadline: (limit) => AbortSignal.timeout(limit),
  };
}

/** The authorization tokens that lie there, their reserve by the config of today. */
export async function readHeld({ store }: Surroundings, keys: readonly string[], minValidity: number) {
  const held = new Map<string, AuthorizationEntry>();
  for (const key of keys) {
    const entry = await store.readAuthorization(key);
    if (entry) held.set(key, { ...entry, life: withMinValidity(entry.life, minValidity) });
  }
  return held;
}

async function serveRegistry(
  registry: Registry,
  key: string,
  { username, secret, life }: AuthorizationEntry,
  { unless }: Guard,
  { store, folders }: Surroundings,
  keeping: Keeping,
): Promise<void> {
  const { host } = registry;
  const { dependencies, identity } = await sameRegistration(keeping, registry, key);
  const path = tokenPath(folders.state, host);
  const isLearnt = keeping.kept.find((one) => one.registry.host === host)?.origin === "learnt";
  const before = await stat(path).catch(() => undefined);
  // A logout has removed it: it must not come back.
  if ((isLearnt && !before) || (await unless())) return;
  await store.writeRegistry({
    format: entryFormat,
    host,
    username,
    secret,
    life,
    dependencies,
    identity,
    authorization: key,
  });
  // The time of its last cold get, which this was not: by it a learnt registry is told and forgotten. 0: there was none.
  await utimes(path, before?.atime ?? 0, before?.mtime ?? 0).catch(() => undefined);
}

import { stat, utimes } from "node:fs/promises";
import type { AppContext } from "../provider/context.ts";
import { sameToken } from "../refresher/guard.ts";
import type { Guard, RefreshPorts } from "../refresher/ports.ts";
import { usualTiming } from "../refresher/timing.ts";
import type { Registry } from "../registry/registry.ts";
import { readClock } from "../store/files/clock.ts";
import { tokenPath } from "../store/files/paths.ts";
import { forgetFailedGet } from "../store/state/failed-gets.ts";
import type { TokenStore } from "../store/tokens/token-store.ts";
import { type AuthorizationEntry, entryFormat, type RegistryEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { lifeState, timeLeft, withMinValidity } from "../token/life.ts";
import { type ManagedRegistries, sameRegistration } from "./registries.ts";

/**
 * What the refresher takes, over this program's files and AWS.
 *
 * @param keeping what is kept now: asked anew at each step, since it may have changed meanwhile
 * @param wanted milliseconds of life that a token brought by another process must have to do
 * @param tokens reads the tokens that are stored
 */
export function refreshPorts(
  app: AppContext,
  managed: () => ManagedRegistries,
  wanted = 0,
  tokens: Pick<TokenStore, "readAuthorization"> = app.store,
): RefreshPorts {
  const { files, store, now, folders } = app;
  const clock = () => readClock(files, now());
  const configStamp = files.stamp(folders.configFile);
  return {
    clock,
    read: (keys) => readHeld(tokens, keys, managed().minValidity),
    planned: (job) =>
      files.stamp(folders.configFile) === configStamp &&
      managed().plan.jobs.some(({ key, revision }) => key === job.key && revision === job.revision),
    async renew({ key, askThrough }, seen, { unless, signal }) {
      // A token that can't be kept serves nobody: each get asks AWS by itself.
      await store.assertCanStore();
      const registration = await sameRegistration(managed(), askThrough, key);
      const until = now() + usualTiming.callLimit;
      let onWriteFailed: Failure | undefined;
      const enough = ({ life, secret }: AuthorizationEntry) =>
        !sameToken({ life, secret }, seen) &&
        lifeState(life, clock()) === "fresh" &&
        timeLeft(life, clock()) >= wanted;
      const entry = await managed().provider.getOrFetchToken(
        askThrough,
        registration,
        { fetch: until, turn: until, signal },
        {
          enough,
          unless,
          onWriteFailed: (failure) => {
            onWriteFailed = failure;
          },
        },
      );
      if (onWriteFailed && !sameToken(await store.readAuthorization(key), entry)) throw onWriteFailed;
      return entry;
    },
    async publish({ key, registries }, entry, guard) {
      let failed: Failure | undefined;
      for (const registry of registries) {
        if (guard.signal.aborted) break;
        try {
          await serveRegistry(registry, key, entry, guard, app, managed());
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failed ??= error;
        }
      }
      if (failed) throw failed;
    },
    async check(job, entry, signal) {
      const registration = await sameRegistration(managed(), job.askThrough, job.key);
      const { checkToken } = await import("./check-token.ts");
      return checkToken(app, registration, job, entry, signal);
    },
    deadline: (limit) => AbortSignal.timeout(limit),
  };
}

/** The authorization tokens that lie there, their reserve by the config of today. */
export async function readHeld(
  store: Pick<TokenStore, "readAuthorization">,
  keys: readonly string[],
  minValidity: number,
) {
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
  { store, folders }: AppContext,
  managed: ManagedRegistries,
): Promise<void> {
  const { host } = registry;
  const { dependencies, identity } = await sameRegistration(managed, registry, key);
  const path = tokenPath(folders.state, host);
  const kept = managed.kept.find((one) => one.registry.host === host);
  const before = await stat(path).catch(() => undefined);
  // A logout has removed it: it must not come back.
  if (kept?.origin === "learnt" && !before) return;
  const token = { format: entryFormat, host, username, secret, life } as const;
  const entry: RegistryEntry = { ...token, dependencies, identity, authorization: key };
  // Of many on a slow disk a pass may write a part: the next goes on where it ended.
  const isWritten = Bun.deepEquals(await store.readRegistry(host), entry);
  if (!isWritten) {
    if (await unless()) return;
    await store.writeRegistry(entry);
    // A logout takes the authorization first, then this file: one that came in between shows here, a later one takes
    // what was written. A lock would have it wait for AWS.
    if (!(await store.readAuthorization(key))) {
      await store.removeRegistry(host);
      return;
    }
    await forgetFailedGet(folders.state, host);
  }
  // The time of its last cold get, which this was not: by it a learnt registry is told and forgotten. 0: there was none.
  const was = before?.mtimeMs ?? 0;
  const askedAt = Math.max(was, kept?.lastColdGetAt ?? 0);
  if (isWritten && askedAt === was) return;
  await utimes(path, before?.atime ?? 0, new Date(askedAt)).catch(() => undefined);
}

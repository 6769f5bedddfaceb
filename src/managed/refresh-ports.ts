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
 * The refresher's ports, implemented with this program's files and AWS.
 *
 * @param managed returns the present list; called at each step, since it may have changed
 * @param minValidity the minimum validity in milliseconds of a token that another process fetched
 * @param tokens reads the stored tokens
 */
export function refreshPorts(
  app: AppContext,
  managed: () => ManagedRegistries,
  minValidity = 0,
  tokens: Pick<TokenStore, "readAuthorization"> = app.store,
): RefreshPorts {
  const { files, store, now, folders } = app;
  const clock = () => readClock(files, now());
  const configStamp = files.stamp(folders.configFile);
  return {
    clock,
    read: (keys) => readAuthorizations(tokens, keys, managed().minValidity),
    isPlanned: (job) =>
      files.stamp(folders.configFile) === configStamp &&
      managed().plan.jobs.some(({ key, revision }) => key === job.key && revision === job.revision),
    async renew({ key, endpointRegistry }, current, { isSuperseded, signal }) {
      // A token that can't be stored is useless: each get would fetch one again.
      await store.assertCanStore();
      const registration = await sameRegistration(managed(), endpointRegistry, key);
      const until = performance.now() + usualTiming.callLimit;
      let writeFailure: Failure | undefined;
      const isSufficient = ({ life, secret }: AuthorizationEntry) =>
        !sameToken({ life, secret }, current) &&
        lifeState(life, clock()) === "fresh" &&
        timeLeft(life, clock()) >= minValidity;
      const entry = await managed().provider.getOrFetchToken(
        endpointRegistry,
        registration,
        { fetch: until, lock: until, signal },
        {
          isSufficient,
          isSuperseded,
          onWriteFailed: (failure) => {
            writeFailure = failure;
          },
        },
      );
      if (writeFailure && !sameToken(await store.readAuthorization(key), entry)) throw writeFailure;
      return entry;
    },
    async publish({ key, registries }, entry, guard) {
      let failed: Failure | undefined;
      for (const registry of registries) {
        if (guard.signal.aborted) break;
        try {
          await publishToRegistry(registry, key, entry, guard, app, managed());
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failed ??= error;
        }
      }
      if (failed) throw failed;
    },
    async check(job, entry, signal) {
      const registration = await sameRegistration(managed(), job.endpointRegistry, job.key);
      const { checkToken } = await import("./check-token.ts");
      return checkToken(app, registration, job, entry, signal);
    },
    deadline: (limit) => AbortSignal.timeout(limit),
  };
}

/** The stored authorization tokens, with the present `minValidity`. */
export async function readAuthorizations(
  store: Pick<TokenStore, "readAuthorization">,
  keys: readonly string[],
  minValidity: number,
) {
  const stored = new Map<string, AuthorizationEntry>();
  for (const key of keys) {
    const entry = await store.readAuthorization(key);
    if (entry) stored.set(key, { ...entry, life: withMinValidity(entry.life, minValidity) });
  }
  return stored;
}

async function publishToRegistry(
  registry: Registry,
  key: string,
  { username, secret, life }: AuthorizationEntry,
  { isSuperseded }: Guard,
  { store, folders }: Pick<AppContext, "store" | "folders">,
  managed: ManagedRegistries,
): Promise<void> {
  const { host } = registry;
  const { dependencies, identity } = await sameRegistration(managed, registry, key);
  const path = tokenPath(folders.state, host);
  const registered = managed.registries.find((one) => one.registry.host === host);
  const before = await stat(path).catch(() => undefined);
  // A logout has removed the file: it must not be written again.
  if (registered?.origin === "discovered" && !before) return;
  const token = { format: entryFormat, host, username, secret, life } as const;
  const entry: RegistryEntry = { ...token, dependencies, identity, authorization: key };
  // On a slow disk a pass may write only some of many files; the next pass writes the others.
  const isWritten = Bun.deepEquals(await store.readRegistry(host), entry);
  if (!isWritten) {
    if (await isSuperseded()) return;
    await store.writeRegistry(entry);
    // A logout removes the authorization first, then this file. One that began before the write is detected here, a later
    // one removes what was written. With a lock, the logout would have to wait for AWS.
    if (!(await store.readAuthorization(key))) {
      await store.removeRegistry(host);
      return;
    }
    await forgetFailedGet(folders.state, host);
  }
  // The modification time is that of the last cold get, which this is not: by it a discovered registry is recognized, and
  // dropped after a week. 0: there was no cold get.
  const previousTime = before?.mtimeMs ?? 0;
  const lastGetAt = Math.max(previousTime, registered?.lastColdGetAt ?? 0);
  if (isWritten && lastGetAt === previousTime) return;
  await utimes(path, before?.atime ?? 0, new Date(lastGetAt)).catch(() => undefined);
}

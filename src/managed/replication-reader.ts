import { followedSources } from "../config/replication.ts";
import type { StampedConfig } from "../config/stamped.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
import { conditionsOf } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import { type ResolvedRegistration, TokenProvider } from "../provider/token-provider.ts";
import type { ReadingPorts } from "../refresher/read-replication.ts";
import type { Source } from "../refresher/replication-schedule.ts";
import type { PrivateRegistry } from "../registry/registry.ts";
import type { Destination } from "../registry/replica.ts";
import { readClock } from "../store/files/clock.ts";

/** The reading of replication rules by one config: whose, and how; what becomes of them is its user's. */
export interface RulesReader extends Omit<ReadingPorts<readonly Destination[]>, "keep"> {
  /** In the file's order. */
  readonly sources: readonly Source[];
}

/** The rules of a registry are read under the identity that serves it. */
export async function rulesReader(app: AppContext, seen: StampedConfig): Promise<RulesReader> {
  const { files, folders, env, home, now } = app;
  // Not that of the config in force: while the file is broken it is the last good one.
  const stamp = files.stamp(folders.configFile);
  const provider = new TokenProvider(app, { config: async () => seen });
  const asked = new Map<string, { registry: PrivateRegistry; registration: ResolvedRegistration }>();
  for (const { registry } of followedSources(seen.config)) {
    asked.set(registry.host, { registry, registration: await provider.resolveRegistration(registry) });
  }
  const askedOf = ({ host }: Source) => {
    const found = asked.get(host);
    if (!found) throw new RangeError(`${host} is no source`);
    return found;
  };
  return {
    sources: [...asked].map(([host, { registration }]) => ({
      host,
      reader: registration.authorization,
      conditions: conditionsOf(registration, files),
    })),
    clock: () => readClock(files, now()),
    deadline: (limit) => AbortSignal.timeout(limit),
    async read(source, signal) {
      const { registry, registration } = askedOf(source);
      const { describeReplication } = await import("../aws/calls/describe-replication.ts");
      const { asker: identity, config, read } = registration;
      return describeReplication({
        registry,
        identity,
        config,
        env,
        home,
        now,
        signal,
        files: read,
        refuseFile,
      });
    },
    async isCurrent(source) {
      const { registry, registration } = askedOf(source);
      if (files.stamp(folders.configFile) !== stamp) return false;
      return (await provider.resolveRegistration(registry)).authorization === registration.authorization;
    },
  };
}

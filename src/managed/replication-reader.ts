import { followedSources } from "../config/replication.ts";
import type { StampedConfig } from "../config/stamped.ts";
import { awsRequest } from "../provider/aws-request.ts";
import { conditionsOf } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import { type ResolvedRegistration, TokenProvider } from "../provider/token-provider.ts";
import type { RuleFetchPorts } from "../refresher/read-replication.ts";
import type { Source } from "../refresher/replication-schedule.ts";
import type { PrivateRegistry } from "../registry/registry.ts";
import type { Destination } from "../registry/replica.ts";
import { readClock } from "../store/files/clock.ts";

/** Reads the replication rules that one config follows. The caller stores them. */
export interface RuleReader extends Omit<RuleFetchPorts<readonly Destination[]>, "store"> {
  /** In the order of config.yaml. */
  readonly sources: readonly Source[];
}

/** The rules of a registry are read with the identity that its token is fetched with. */
export async function rulesReader(app: AppContext, config: StampedConfig): Promise<RuleReader> {
  const { files, folders, now } = app;
  // The file's present stamp, not that of the config in use: while the file is invalid, that is the last valid one.
  const stamp = files.stamp(folders.configFile);
  const provider = new TokenProvider(app, { config: async () => config });
  const followed = new Map<string, { registry: PrivateRegistry; registration: ResolvedRegistration }>();
  for (const { registry } of followedSources(config.config)) {
    followed.set(registry.host, { registry, registration: await provider.resolveRegistration(registry) });
  }
  const sourceOf = ({ host }: Source) => {
    const source = followed.get(host);
    if (!source) throw new RangeError(`${host} is no source`);
    return source;
  };
  return {
    sources: [...followed].map(([host, { registration }]) => ({
      host,
      reader: registration.authorization,
      conditions: conditionsOf(registration, files),
    })),
    clock: () => readClock(files, now()),
    deadline: (limit) => AbortSignal.timeout(limit),
    async read(source, signal) {
      const { registry, registration } = sourceOf(source);
      const { describeReplication } = await import("../aws/calls/describe-replication.ts");
      return describeReplication(awsRequest(app, registration, registry, signal));
    },
    async isCurrent(source) {
      const { registry, registration } = sourceOf(source);
      if (files.stamp(folders.configFile) !== stamp) return false;
      return (await provider.resolveRegistration(registry)).authorization === registration.authorization;
    },
  };
}

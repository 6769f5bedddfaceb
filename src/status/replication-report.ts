import type { ManagedRegistries } from "../managed/registries.ts";
import { parseRuleFetches } from "../refresher/replication-schedule.ts";
import { readReadings } from "../store/state/replication.ts";
import { plural, readableDuration } from "../terminal/words.ts";
import { Failure, type FailureNote } from "../token/failure.ts";

/** The state of a registry's replication rules, for `status`. */
export interface SourceReport {
  readonly source: string;
  /** The identity that reads them. */
  readonly identity: string;
  /** Milliseconds since the epoch; absent: that identity has never read them. */
  readonly readAt?: number;
  /** The hosts that it replicates to. */
  readonly targets: readonly string[];
  /** Destinations whose tokens are not renewed, and why. */
  readonly problems: readonly FailureNote[];
  /** Why the last attempt to read them failed. */
  readonly lastError?: FailureNote;
}

export async function replicationReport(
  state: string,
  { sources, registrations }: ManagedRegistries,
): Promise<readonly SourceReport[]> {
  const readings = parseRuleFetches(await readReadings(state)).sources;
  return sources.map(({ registry: { host }, targets, problems }) => {
    const { readAt, reader, failure } = readings[host] ?? {};
    const registration = registrations.get(host);
    const isCurrent = readAt !== undefined && reader === registration?.authorization;
    return {
      source: host,
      identity: registration?.identity ?? "",
      ...(isCurrent && { readAt }),
      targets: targets.map((target) => target.host),
      problems: problems.map(({ code, message, fix }) => ({ code, what: message, fix })),
      ...(failure && { lastError: failure }),
    };
  });
}

/** For users: a line for each registry and for each of its problems. */
export function replicationLines(reports: readonly SourceReport[], now: number): readonly string[] {
  return reports.flatMap(({ source, identity, readAt, targets, problems, lastError }) => {
    const count = plural(targets.length, "target");
    const read =
      readAt === undefined ? "rules never read" : `rules read ${readableDuration(now - readAt)} ago`;
    const error = lastError ? `; last error: ${Failure.from(lastError).oneLine}` : "";
    return [
      `replication of ${source}: ${count}, ${read} by ${identity}${error}`,
      ...problems.map((one) => Failure.from(one).oneLine),
    ];
  });
}

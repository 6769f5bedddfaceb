import type { ManagedRegistries } from "../managed/registries.ts";
import { parseReadings } from "../refresher/replication-schedule.ts";
import { readReadings } from "../store/state/replication.ts";
import { plural, readableDuration } from "../terminal/words.ts";
import { Failure, type FailureNote } from "../token/failure.ts";

/** How it stands with the replication rules of a registry, for `status`. */
export interface SourceReport {
  readonly source: string;
  /** Who reads them. */
  readonly identity: string;
  /** Milliseconds since the epoch; absent: never yet by that identity. */
  readonly readAt?: number;
  /** Hosts. */
  readonly targets: readonly string[];
  /** Destinations for which no token is kept, and why. */
  readonly problems: readonly FailureNote[];
  /** Why they could not be read when that was last tried. */
  readonly lastError?: FailureNote;
}

export async function replicationReport(
  state: string,
  { sources, registrations }: ManagedRegistries,
): Promise<readonly SourceReport[]> {
  const readings = parseReadings(await readReadings(state)).sources;
  return sources.map(({ registry: { host }, targets, problems }) => {
    const { readAt, reader, failure } = readings[host] ?? {};
    const registration = registrations.get(host);
    const isHis = readAt !== undefined && reader === registration?.authorization;
    return {
      source: host,
      identity: registration?.identity ?? "",
      ...(isHis && { readAt }),
      targets: targets.map((target) => target.host),
      problems: problems.map(({ code, message, fix }) => ({ code, what: message, fix })),
      ...(failure && { lastError: failure }),
    };
  });
}

/** The same for a terminal: a line for each registry and for each of its problems. */
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

import { healthLine } from "../managed/daemon-health.ts";
import { table } from "../terminal/table.ts";
import { readableDuration } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { bySeverity, conditionOf, noteOf } from "./attention.ts";
import { outputLine } from "./outputs-report.ts";
import { replicationLines } from "./replication-report.ts";
import type { StatusReport } from "./report.ts";
import type { ShownToken } from "./tokens.ts";

const heads = ["REGISTRY", "IDENTITY", "TIME LEFT", "NEXT RENEWAL", "LAST ERROR"];

/** For a pipe or a file: each line says all of one thing, however long it is, so that grep finds it whole. */
export function statusLines(report: StatusReport): readonly string[] {
  const { daemon, registries, replication, outputs, at } = report;
  return [
    healthLine(daemon),
    ...problemsOf(report),
    ...table([heads, ...bySeverity(registries).map((token) => rowOf(token, at))]).split("\n"),
    ...unusedLines(report),
    ...outputs.map(outputLine),
    ...replicationLines(replication, at),
  ];
}

/**
 * What concerns no single registry: a folder that can't be used, tokens that can't be kept, and why the daemon goes by the config.yaml of before,
 * where that is not what `configError` says already.
 */
export function problemsOf({ daemon, configError, stateError, unkept }: StatusReport): readonly string[] {
  const own = configError && Failure.from(configError).oneLine;
  const isOfBefore = daemon.configError !== undefined && daemon.configError !== own;
  return [
    ...[stateError, unkept].flatMap((one) => (one ? [Failure.from(one).oneLine] : [])),
    ...(isOfBefore ? [`daemon: goes by the config of before: ${daemon.configError}`] : []),
  ];
}

/** "11h 59m", "expired", "none" */
export function leftInWords(token: ShownToken): string {
  if (token.secondsLeft > 0) return readableDuration(token.secondsLeft * 1000);
  return conditionOf(token) === "expired" ? "expired" : "none";
}

/** "in 5h 20m", "now", or "-" where nobody is going to. */
export function renewalInWords({ nextRenewalAt }: ShownToken, now: number): string {
  if (nextRenewalAt === undefined) return "-";
  return nextRenewalAt > now ? `in ${readableDuration(nextRenewalAt - now)}` : "now";
}

function rowOf(token: ShownToken, now: number): readonly string[] {
  const { registry, identity } = token;
  return [registry, identity, leftInWords(token), renewalInWords(token, now), noteOf(token, now) ?? "-"];
}

/** What is kept fresh from its first pull on: by config.yaml, or by Docker's configuration. */
export function unusedLines({ unused, waiting }: StatusReport): readonly string[] {
  if (unused.length === 0) return waiting;
  return [...waiting, `Docker is configured to ask for, and has not yet: ${unused.join(", ")}`];
}

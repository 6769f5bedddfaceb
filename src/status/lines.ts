import { healthLine } from "../managed/daemon-health.ts";
import { noRegistriesMessage } from "../managed/registry-rows.ts";
import { table } from "../terminal/table.ts";
import { readableDuration } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { bySeverity, conditionOf, noteOf } from "./attention.ts";
import { outputLine } from "./outputs-report.ts";
import { replicationLines } from "./replication-report.ts";
import type { StatusReport } from "./report.ts";
import { secretLine } from "./secrets-report.ts";
import type { ShownToken } from "./tokens.ts";

const heads = ["REGISTRY", "IDENTITY", "TIME LEFT", "NEXT RENEWAL", "LAST ERROR"];

/** For a pipe or a file: one line for each registry, output and source, however long, so that grep finds it. */
export function statusLines(report: StatusReport): readonly string[] {
  const { daemon, replication, outputs, secrets, at } = report;
  return [
    healthLine(daemon),
    ...problemsOf(report),
    ...tableOf(report),
    ...unusedLines(report),
    ...outputs.map(outputLine),
    ...secrets.map(secretLine),
    ...replicationLines(replication, at),
  ];
}

function tableOf(report: StatusReport): readonly string[] {
  const { registries, at } = report;
  if (registries.length === 0) return emptyLines(report);
  return table([heads, ...bySeverity(registries).map((token) => rowOf(token, at))]).split("\n");
}

/** Instead of an empty list; nothing if other lines explain why it is empty. */
export function emptyLines({ waiting, unused, configError, stateError }: StatusReport): readonly string[] {
  const isExplained = configError || stateError || waiting.length + unused.length > 0;
  return isExplained ? [] : [noRegistriesMessage];
}

/**
 * Problems that are not of a single registry: a state folder that can't be used, a config.yaml that is not read,
 * tokens that can't be stored, and why the daemon uses the previous config.yaml, unless `configError` is the same.
 */
export function problemsOf({
  daemon,
  configError,
  configNotRead,
  stateError,
  unkept,
}: StatusReport): readonly string[] {
  const own = configError && Failure.from(configError).oneLine;
  const usesPreviousConfig = daemon.configError !== undefined && daemon.configError !== own;
  return [
    ...[stateError, configNotRead, unkept].flatMap((one) => (one ? [Failure.from(one).oneLine] : [])),
    ...(usesPreviousConfig ? [`daemon: uses the previous config.yaml: ${daemon.configError}`] : []),
  ];
}

/** "11h 59m", "refused", "expired", "none" */
export function timeLeftText(token: ShownToken): string {
  if (conditionOf(token) === "refused") return "refused";
  if (token.secondsLeft > 0) return readableDuration(token.secondsLeft * 1000);
  return conditionOf(token) === "expired" ? "expired" : "none";
}

/** "in 5h 20m", "now", or "-" if no renewal is planned. */
export function renewalText({ nextRenewalAt }: ShownToken, now: number): string {
  if (nextRenewalAt === undefined) return "-";
  return nextRenewalAt > now ? `in ${readableDuration(nextRenewalAt - now)}` : "now";
}

function rowOf(token: ShownToken, now: number): readonly string[] {
  const { registry, identity } = token;
  return [registry, identity, timeLeftText(token), renewalText(token, now), noteOf(token, now) ?? "-"];
}

/** Registries that are not renewed before their first pull: those of config.yaml, and of Docker's configuration. */
export function unusedLines({ unused, waiting }: StatusReport): readonly string[] {
  if (unused.length === 0) return waiting;
  return [...waiting, `configured in Docker, but not used yet: ${unused.join(", ")}`];
}

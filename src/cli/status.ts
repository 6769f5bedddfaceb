import { Command } from "commander";
import { parseState } from "../refresher/state.ts";
import { readClock } from "../store/clock.ts";
import { type RefresherFile, readRefresher } from "../store/refresher-state.ts";
import { lifeState, timeLeft, withMinValidity } from "../token/life.ts";
import type { Context } from "./context.ts";
import { seenKeeping } from "./keeping.ts";
import { outputLine, outputStates } from "./outputs-report.ts";
import { replicationLines, replicationReport } from "./replication-report.ts";
import { openSurroundings } from "./surroundings.ts";
import { readable, table } from "./table.ts";

/** Milliseconds: a heartbeat older than this is nobody's. */
const heartbeatCounts = 3 * 60_000;

/** `status`: each registry's token, and whether the daemon runs. */
export function statusCommand(context: Context): Command {
  return new Command("status")
    .summary("each registry's token and the daemon's health")
    .description("Exit 1 if a token that is kept has less life left than minValidity.")
    .option("--json", "for programs")
    .addHelpText("after", "\nExample:\n  docker-credential-ecr status --json")
    .action(({ json }: { json?: boolean }) => show(json === true, context));
}

async function show(json: boolean, { env, home, print, exitWith }: Context): Promise<void> {
  const around = await openSurroundings(env, home);
  const { keeping, config } = await seenKeeping(around);
  const { store, folders, files, now } = around;
  const clock = readClock(files, now());
  const refresher = await readRefresher(folders.state);
  const { groups } = parseState(refresher?.state);
  const forgotten = new Set(keeping.plan.forgotten.map(({ registry }) => registry.host));
  const registries = [];
  for (const { registry, identity, authorization } of keeping.kept) {
    if (forgotten.has(registry.host)) continue;
    const own = await store.readRegistry(registry.host);
    const held =
      (await store.readAuthorization(authorization)) ??
      (own?.authorization === authorization ? own : undefined);
    const group = groups[authorization];
    const failure = (await store.readFailure(authorization)) ?? group?.failure;
    const life = held && withMinValidity(held.life, keeping.minValidity);
    registries.push({
      registry: registry.host,
      identity,
      secondsLeft: life ? Math.floor(timeLeft(life, clock) / 1000) : 0,
      isFresh: life !== undefined && lifeState(life, clock) === "fresh",
      ...(group?.issue && { nextRenewalAt: group.issue.issuedAt + group.issue.renewAfter }),
      ...(failure && { lastError: `${failure.what}: ${failure.mend} [${failure.code}]` }),
    });
  }
  const daemon = {
    running: isAlive(refresher, now()),
    ...(refresher && { lastTickAt: refresher.lastTickAt }),
  };
  if (registries.some(({ isFresh }) => !isFresh)) exitWith(1);
  const outputs = await outputStates(folders.state, config);
  const replication = await replicationReport(around, keeping);
  if (json) return print(JSON.stringify({ daemon, registries, replication, outputs }, undefined, 2));
  const rows = registries.map(({ registry, identity, secondsLeft, nextRenewalAt, lastError }) => [
    registry,
    identity,
    secondsLeft > 0 ? readable(secondsLeft * 1000) : "none",
    nextRenewalAt === undefined || !daemon.running ? "-" : `in ${readable(nextRenewalAt - now())}`,
    lastError ?? "-",
  ]);
  print(daemon.running ? `daemon: running, process ${refresher?.pid}` : "daemon: not running");
  print(table([["REGISTRY", "IDENTITY", "TIME LEFT", "NEXT RENEWAL", "LAST ERROR"], ...rows]));
  for (const output of outputs) print(outputLine(output));
  for (const line of replicationLines(replication, now())) print(line);
}

function isAlive(refresher: RefresherFile | undefined, now: number): boolean {
  return refresher?.pid !== undefined && Math.abs(now - refresher.lastTickAt) < heartbeatCounts;
}

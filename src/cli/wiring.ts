import type { Wiring } from "../clients/docker-config.ts";
import { readServerUrl } from "../registry/server-url.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { seenKeeping } from "./keeping.ts";
import { openSurroundings } from "./surroundings.ts";

/** Which registries Docker is to ask this helper for, as a person says it. */
export interface WiringOptions {
  readonly all?: boolean;
  readonly allKept?: boolean;
}

/** @throws Failure USAGE, NOT_ECR, NOTHING_KEPT, and what reading config.yaml throws */
export async function wiringOf(
  registries: readonly string[],
  { all, allKept }: WiringOptions,
  env: Environment,
  home: string | undefined,
  print: (text: string) => void,
): Promise<Wiring> {
  const ways = [all && "--all", allKept && "--all-kept", registries.length > 0 && "named registries"].filter(
    Boolean,
  );
  if (ways.length > 1) {
    throw new Failure("USAGE", `${ways.join(" and ")} exclude each other`, "give one of them");
  }
  if (ways.length === 0) {
    throw new Failure("USAGE", "no registry was named", "name one or more, or give --all or --all-kept");
  }
  if (all) return { kind: "all" };
  return { kind: "hosts", hosts: allKept ? await keptHosts(env, home, print) : registries.map(hostOf) };
}

/** For a person. */
export function namedIn(wiring: Wiring): string {
  return wiring.kind === "all" ? "all registries" : wiring.hosts.join(", ");
}

async function keptHosts(
  env: Environment,
  home: string | undefined,
  print: (text: string) => void,
): Promise<readonly string[]> {
  const { keeping } = await seenKeeping(await openSurroundings(env, home));
  for (const { registry, isKnown } of keeping.sources) {
    if (isKnown) continue;
    print(`the replication rules of ${registry.host} were never read: run 'daemon --once', then this again`);
  }
  const forgotten = new Set(keeping.plan.forgotten);
  const kept = keeping.kept.filter((one) => !forgotten.has(one)).map(({ registry }) => registry.host);
  if (kept.length > 0) return kept;
  const mend = "name registries here or in config.yaml, or use one first";
  throw new Failure("NOTHING_KEPT", "no registry is kept", mend);
}

function hostOf(registry: string): string {
  const url = readServerUrl(registry);
  if (url.kind === "ecr") return url.registry.host;
  const why = url.kind === "malformed" ? url.reason : "it is not an Amazon ECR registry";
  throw new Failure(
    "NOT_ECR",
    `${JSON.stringify(registry)} was not wired: ${why}`,
    "give it as ACCOUNT.dkr.ecr.REGION.amazonaws.com",
  );
}

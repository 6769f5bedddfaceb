import { readNamedRegistry } from "../../registry/image.ts";
import { Failure } from "../../token/failure.ts";
import { Asking } from "../asking.ts";
import { seenKeeping } from "../keeping.ts";
import type { Machine } from "./machine.ts";
import type { Subject } from "./visit.ts";

/** @throws Failure NOT_ECR where it is the name of nothing */
export async function subjectOf(named: string, machine: Machine): Promise<Subject> {
  const { url, image } = readNamedRegistry(named);
  if (url.kind === "malformed") {
    throw new Failure(
      "NOT_ECR",
      `${JSON.stringify(named.slice(0, 200))} can't be read: ${url.reason}`,
      "give a host, a URL or an image: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG",
    );
  }
  const registry = url.kind === "ecr" ? url.registry : await new Asking(machine).aliased(url.host);
  return registry ? { kind: "ecr", registry, ...(image && { image }) } : { kind: "other", host: url.host };
}

/** Of the registries that are kept, in their order, one for each identity and region: a token opens all of theirs. */
export async function keptSubjects(machine: Machine): Promise<readonly Subject[]> {
  try {
    const { plan, kept } = (await seenKeeping(machine)).keeping;
    const chosen = new Set(plan.jobs.map(({ registries: [registry] }) => registry?.host));
    return kept.flatMap(({ registry }) =>
      chosen.delete(registry.host) ? [{ kind: "ecr" as const, registry }] : [],
    );
  } catch (error) {
    // The config diagnostic tells it.
    if (error instanceof Failure) return [];
    throw error;
  }
}

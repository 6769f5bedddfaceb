import { seenKeeping } from "../managed/registries.ts";
import { Asking } from "../provider/token-provider.ts";
import { readNamedRegistry } from "../registry/image.ts";
import { Failure } from "../token/failure.ts";
import type { Subject } from "./checks/check-run.ts";
import type { Machine } from "./checks/machine.ts";

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

/**
 * Of the registries that are kept, in their order, one for each identity and region that a `get` from here would ask
 * under: a token opens all of theirs.
 */
export async function keptSubjects(machine: Machine): Promise<readonly Subject[]> {
  try {
    const { kept, plan, asking } = (await seenKeeping(machine)).keeping;
    const forgotten = new Set(plan.forgotten.map(({ registry }) => registry.host));
    const chosen = new Map<string, Subject>();
    for (const { registry } of kept) {
      const { authorization } = await asking.registrationOf(registry);
      if (forgotten.has(registry.host) || chosen.has(authorization)) continue;
      chosen.set(authorization, { kind: "ecr", registry });
    }
    return [...chosen.values()];
  } catch (error) {
    // The config diagnostic tells it.
    if (error instanceof Failure) return [];
    throw error;
  }
}

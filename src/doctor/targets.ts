import { explicitLogin } from "../managed/logins.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { registriesOf, requestedRegistries } from "../managed/requested.ts";
import { TokenProvider } from "../provider/token-provider.ts";
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
  const registry = url.kind === "ecr" ? url.registry : await new TokenProvider(machine).aliased(url.host);
  return registry ? { kind: "ecr", registry, ...(image && { image }) } : { kind: "other", host: url.host };
}

/**
 * Of the registries that are kept and of those that Docker asks this helper for, in their order, one for each identity
 * and region that a `get` from here would ask under: a token opens all of theirs. Those whose last `get` failed, or that
 * have an explicit login, are all among them.
 */
export async function keptSubjects(machine: Machine): Promise<readonly Subject[]> {
  try {
    const { kept, plan, provider } = (await readManagedRegistries(machine)).managed;
    const forgotten = new Set(plan.forgotten.map(({ registry }) => registry.host));
    const requested = await requestedRegistries(machine);
    const logins = await hostsWithLogins(machine);
    const always = new Set([...requested.failedGets.map(({ host }) => host), ...logins]);
    const others = await registriesOf({ ...requested, docker: [...requested.docker, ...logins] }, provider);
    const registries = [...kept.map(({ registry }) => registry), ...others];
    const hosts = new Set<string>();
    const authorizations = new Set<string>();
    const subjects: Subject[] = [];
    for (const registry of registries) {
      const { host } = registry;
      if (hosts.has(host) || forgotten.has(host)) continue;
      const { authorization } = await provider.resolveRegistration(registry);
      if (authorizations.has(authorization) && !always.has(host)) continue;
      authorizations.add(authorization);
      hosts.add(host);
      subjects.push({ kind: "ecr", registry });
    }
    return subjects;
  } catch (error) {
    // The config diagnostic tells it.
    if (error instanceof Failure) return [];
    throw error;
  }
}

async function hostsWithLogins(machine: Machine): Promise<readonly string[]> {
  const hosts: string[] = [];
  for (const host of await machine.store.hosts()) if (await explicitLogin(host, machine)) hosts.push(host);
  return hosts;
}

import { explicitLogin } from "../managed/logins.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { registriesOf, requestedRegistries } from "../managed/requested.ts";
import { TokenProvider } from "../provider/token-provider.ts";
import { readNamedRegistry } from "../registry/image.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import type { Target } from "./checks/check-run.ts";
import type { DoctorContext } from "./checks/machine.ts";

/** The target for a command-line argument. @throws Failure NOT_ECR if it is not a host, URL or image */
export async function targetOf(named: string, machine: DoctorContext): Promise<Target> {
  const { url, image } = readNamedRegistry(named);
  if (url.kind === "malformed") {
    throw new Failure(
      "NOT_ECR",
      `${JSON.stringify(foreignName(named))} can't be read: ${url.reason}`,
      "give a host, a URL or an image: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG",
    );
  }
  const registry =
    url.kind === "ecr" ? url.registry : await new TokenProvider(machine).resolveAlias(url.host);
  return registry ? { kind: "ecr", registry, ...(image && { image }) } : { kind: "other", host: url.host };
}

/**
 * The default targets: of the managed registries, and of those that Docker requests from this helper, the first for each
 * identity and region, since these share a token. Registries whose last `get` failed, or that have an explicit login,
 * are all included.
 */
export async function defaultTargets(machine: DoctorContext): Promise<readonly Target[]> {
  try {
    const { registries: managed, plan, provider } = (await readManagedRegistries(machine)).managed;
    const unused = new Set(plan.unused.map(({ registry }) => registry.host));
    const requested = await requestedRegistries(machine);
    const logins = await hostsWithLogins(machine);
    const always = new Set([...requested.failedGets.map(({ host }) => host), ...logins]);
    const others = await registriesOf({ ...requested, docker: [...requested.docker, ...logins] }, provider);
    const registries = [...managed.map(({ registry }) => registry), ...others];
    const hosts = new Set<string>();
    const authorizations = new Set<string>();
    const targets: Target[] = [];
    for (const registry of registries) {
      const { host } = registry;
      if (hosts.has(host) || unused.has(host)) continue;
      const { authorization } = await provider.resolveRegistration(registry);
      if (authorizations.has(authorization) && !always.has(host)) continue;
      authorizations.add(authorization);
      hosts.add(host);
      targets.push({ kind: "ecr", registry });
    }
    return targets;
  } catch (error) {
    // The check `config` reports this failure.
    if (error instanceof Failure) return [];
    throw error;
  }
}

async function hostsWithLogins(
  stored: Pick<DoctorContext, "store" | "files" | "now">,
): Promise<readonly string[]> {
  const hosts: string[] = [];
  for (const host of await stored.store.hosts()) if (await explicitLogin(host, stored)) hosts.push(host);
  return hosts;
}

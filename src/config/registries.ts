import { parseHost, privateHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { type Config, everyAccount, type RegistrationDefinition } from "./config.ts";

/** The registries that config.yaml names by host, or by account and regions: each host once, in the order of the file. */
export function configuredRegistries(config: Config): Registry[] {
  const registries = new Map<string, Registry>();
  for (const definition of config.registries) {
    for (const registry of registriesOf(definition)) {
      registries.set(registry.host, registry);
    }
  }
  return [...registries.values()];
}

/** The registries that one entry names; empty if it has no account or no regions. */
export function registriesOf({ target }: Pick<RegistrationDefinition, "target">): Registry[] {
  if (target.kind === "host") return [target.registry];
  if (target.account === everyAccount) return [];
  return (target.regions ?? [])
    .map((region) => parseHost(privateHost(target.account, region)))
    .filter((registry) => registry !== undefined);
}

/**
 * The ECR host that another host name stands for.
 *
 * @param host canonical, as `readServerUrl` returns it; it must match exactly, and an alias of an alias is not resolved
 */
export function aliasTarget(config: Config, host: string): string | undefined {
  return config.aliases[host];
}

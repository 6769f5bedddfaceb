import { parseHost, privateHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { type Config, everyAccount, type RegistrationDefinition } from "./config.ts";

/** The registries that config.yaml names outright, by host or by account and regions: each host once, in the file's order. */
export function keptRegistries(config: Config): Registry[] {
  const kept = new Map<string, Registry>();
  for (const definition of config.registries) {
    for (const registry of registriesOf(definition)) {
      kept.set(registry.host, registry);
    }
  }
  return [...kept.values()];
}

/** The same of one entry; none where it leaves the account or the regions open. */
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
 * @param host canonical, as `readServerUrl` makes it; no pattern, no suffix, no second alias is followed
 */
export function aliasTarget(config: Config, host: string): string | undefined {
  return config.aliases[host];
}

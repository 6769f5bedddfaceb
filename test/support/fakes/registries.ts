import { parseHost } from "../../../src/registry/host.ts";
import type { Registry } from "../../../src/registry/registry.ts";

/** The registry of a host that is known to be ECR's. */
export function registryAt(host: string): Registry {
  const registry = parseHost(host);
  if (!registry) throw new Error(`${host} is not ECR's`);
  return registry;
}

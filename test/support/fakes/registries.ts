import { parseHost } from "../../../src/registry/host.ts";
import type { Registry } from "../../../src/registry/registry.ts";

/** The registry of a host, which must be one of ECR. */
export function registryAt(host: string): Registry {
  const registry = parseHost(host);
  if (!registry) throw new Error(`${host} is not ECR's`);
  return registry;
}

import { config, type KeychainTrial, keychain } from "./config.ts";
import { daemon } from "./daemon.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { dockerConfig, dockerLogins, dockerWiring } from "./docker.ts";
import { disk, stateFolder } from "./folders.ts";
import { helperName, helperPath } from "./helper.ts";
import { identity, token } from "./identity.ts";
import { packer } from "./packer.ts";
import { image, registry, storedToken } from "./registry.ts";
import { registryName } from "./registry-name.ts";
import { api, certificates, clock, dns, proxy } from "./way.ts";

/**
 * All diagnostics in the order in which a pull comes by what they look at, so that the first that fails is what to
 * mend first.
 */
export function chainOf(trial?: KeychainTrial): readonly Diagnostic[] {
  return [
    registryName,
    ...[helperPath, helperName, dockerConfig, dockerWiring, dockerLogins, packer],
    ...[stateFolder, disk, config, keychain(trial), daemon],
    ...[clock, proxy, certificates, dns, api],
    ...[identity, token, registry, storedToken, image],
  ];
}

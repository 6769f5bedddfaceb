import { authVariable } from "./checks/auth-variable.ts";
import { config } from "./checks/config.ts";
import { daemon } from "./checks/daemon.ts";
import type { Diagnostic } from "./checks/diagnostic.ts";
import { dockerConfig, dockerHelper, dockerLogins } from "./checks/docker.ts";
import { dockerClient } from "./checks/docker-client.ts";
import { disk, stateFolder } from "./checks/folders.ts";
import { helperName, helperPath } from "./checks/helper.ts";
import { identity, token } from "./checks/identity.ts";
import { keychain } from "./checks/keychain.ts";
import { lastGet } from "./checks/last-get.ts";
import { api, certificates, clock, dns, proxy } from "./checks/network.ts";
import { packer } from "./checks/packer.ts";
import { podmanAuth } from "./checks/podman-auth.ts";
import { image, registry, storedToken } from "./checks/registry.ts";
import { registryName } from "./checks/registry-name.ts";

/** All checks in the order in which a pull uses what they check, so that the first failed check is to be fixed first. */
export const chain: readonly Diagnostic[] = [
  registryName,
  ...[helperPath, helperName, dockerClient, dockerConfig, authVariable, dockerHelper, dockerLogins],
  ...[podmanAuth, packer],
  ...[stateFolder, disk, config, keychain, daemon],
  ...[clock, proxy, certificates, dns, api],
  ...[identity, token, lastGet, registry, storedToken, image],
];

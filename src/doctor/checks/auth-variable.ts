import { passwordsIn } from "../../clients/docker/logins.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, ok } from "./finding.ts";

/** A login in DOCKER_AUTH_CONFIG, which newer Docker CLIs and GitLab's runner read: it takes precedence over helpers. */
export const authVariable: RegistryDiagnostic = {
  name: "docker-auth",
  scope: "registry",
  needs: ["registry-name"],
  look: async ({ host, machine }) => judgeVariable(machine.env.DOCKER_AUTH_CONFIG, host),
};

/** @param text of DOCKER_AUTH_CONFIG: docker/cli, cli/config/configfile/file.go uses its keys unchanged */
export function judgeVariable(text: string | undefined, host: string): Finding {
  if (!text) return ok("DOCKER_AUTH_CONFIG is not set");
  if (!passwordsIn(text).has(host)) return ok("DOCKER_AUTH_CONFIG has no login for this registry");
  return failed(
    "AUTH_VARIABLE",
    `DOCKER_AUTH_CONFIG has a login for ${host}, which Docker uses before it calls a helper`,
    "unset DOCKER_AUTH_CONFIG, or remove this registry from it",
  );
}

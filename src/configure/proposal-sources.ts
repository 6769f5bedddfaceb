import { authKeysIn } from "../clients/docker/logins.ts";
import { readDockerConfig } from "../clients/docker/read-config.ts";
import type { ManagedRegistries } from "../managed/registries.ts";
import { programsOf } from "../process/run-program.ts";
import type { ProfileRegistry } from "../profiles/profile-registries.ts";
import { parseHost } from "../registry/host.ts";
import { readServerUrl } from "../registry/server-url.ts";
import type { Environment } from "../token/dependencies.ts";
import { foreignName } from "../token/foreign-text.ts";
import type { Finding } from "./candidates.ts";

/** Milliseconds: Docker's engine may be remote or not running. */
const dockerTimeLimit = 2_000;

/** The managed registries: those of config.yaml, and discovered ones. */
export function findingsOfManaged({ registries, plan }: ManagedRegistries): readonly Finding[] {
  const forgotten = new Set(plan.unused.map(({ registry }) => registry.host));
  return registries
    .filter(({ registry }) => !forgotten.has(registry.host))
    .map(({ registry: { host }, origin, source }) => {
      if (origin === "configured") return { host, where: "config.yaml" };
      return { host, where: origin === "discovered" ? "used before" : `${source} replicates there` };
    });
}

export function findingsOfProfiles(profiles: readonly ProfileRegistry[]): readonly Finding[] {
  return profiles.map(({ profile, registry }) => ({
    host: registry.host,
    where: `AWS profile ${foreignName(profile)}`,
  }));
}

/** The ECR registries in Docker's config: of logins, and of other helpers. */
export function findingsOfConfig(text: string): readonly Finding[] {
  const { credHelpers } = readDockerConfig(text);
  return [
    ...hostsOf(authKeysIn(text)).map((host) => ({ host, where: "docker login" })),
    ...hostsOf(Object.keys(credHelpers)).map((host) => ({ host, where: "credHelpers" })),
  ];
}

/** The ECR registries of the images in the engine of Docker's current context; none if it does not answer in time. */
export async function findingsOfImages(env: Environment): Promise<readonly Finding[]> {
  const run = programsOf(env);
  const { stdout, exitCode } = await run(
    "docker",
    ["image", "ls", "--format", "{{.Repository}}"],
    dockerTimeLimit,
  );
  if (exitCode !== 0) return [];
  return hostsOf(stdout.split("\n")).map((host) => ({ host, where: "docker images" }));
}

function hostsOf(names: readonly string[]): readonly string[] {
  const hosts = names.flatMap((name) => {
    const url = readServerUrl(name);
    return url.kind === "ecr" && parseHost(url.host) ? [url.host] : [];
  });
  return [...new Set(hosts)];
}

import { resolve } from "node:path";
import { helperName as ours } from "../../clients/docker/edit-config.ts";
import { containersFiles } from "../../clients/podman/config.ts";
import { findOnPath } from "../../process/find-on-path.ts";
import { readableDuration } from "../../terminal/words.ts";
import { expiryOfPassword } from "../../token/expiry.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type DockerFile, readDockerFileAt } from "./docker-file.ts";
import { type Finding, failed, ok, skipped } from "./finding.ts";

/** Whether podman, skopeo and buildah read a file that takes precedence over this helper. */
export const podmanAuth: RegistryDiagnostic = {
  name: "podman-auth",
  scope: "registry",
  needs: ["registry-name"],
  look: async ({ host, machine }) => {
    const { env, ownHome, now } = machine;
    const programs = await Promise.all(["podman", "skopeo", "buildah"].map((name) => findOnPath(name, env)));
    const isNamed = Boolean(env.REGISTRY_AUTH_FILE);
    if (!isNamed && programs.every((found) => found.length === 0)) {
      return skipped("neither podman nor skopeo nor buildah is on the PATH");
    }
    if (ownHome === undefined) return skipped("this user has no home folder");
    const { first, auth, dropIn } = containersFiles(env, ownHome, process.getuid?.() ?? 0, process.platform);
    const paths = first === undefined ? [auth] : [first, auth];
    const files = await Promise.all(
      paths.map((path) => readDockerFileAt(resolve(path)).catch(() => undefined)),
    );
    return judgePodman({
      host,
      files: files.flatMap((file) => file ?? []),
      isNamed,
      servesAll: await Bun.file(dropIn).exists(),
      now: now(),
    });
  },
};

interface PodmanAuth {
  readonly host: string;
  /** In the order in which they are read, before Docker's config.json. */
  readonly files: readonly DockerFile[];
  /** Whether REGISTRY_AUTH_FILE is set: then Docker's config.json is not read. */
  readonly isNamed: boolean;
  /** Whether `configure-docker --podman --all` was run. */
  readonly servesAll: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** containers/image, pkg/docker/config/config.go: in each file first `credHelpers`, then `auths`. */
export function judgePodman({ host, files, isNamed, servesAll, now }: PodmanAuth): Finding {
  for (const { path, credHelpers, logins } of files) {
    const helper = credHelpers[host];
    if (helper === ours) return ok(`credHelpers in ${path}: podman uses this helper`);
    const login = logins.find((each) => each.key === host);
    if (!login) continue;
    const end = login.password === undefined ? undefined : expiryOfPassword(login.password);
    if (end === undefined || end > now)
      return ok(`${path} has a login, which podman uses before this helper`);
    return failed(
      "PODMAN_LOGIN_STALE",
      `${path} has a login for ${host} that expired ${readableDuration(now - end)} ago, and podman uses it before this helper`,
      `podman logout --authfile ${path} ${host}`,
    );
  }
  if (!isNamed || servesAll) return ok("no file of podman takes precedence over this helper");
  const [file] = files;
  return failed(
    "REGISTRY_AUTH_FILE",
    `podman 5 reads only REGISTRY_AUTH_FILE, ${file?.path ?? "which can't be read"}, and it names no helper for ${host}`,
    `docker-credential-ecr configure-docker --podman ${host}`,
  );
}

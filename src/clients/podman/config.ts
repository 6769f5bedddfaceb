import type { Environment } from "../../token/dependencies.ts";
import { helperName } from "../docker/edit-config.ts";
import { isField } from "../json/go-fields.ts";

/**
 * The files of podman, skopeo and buildah. Which they read, and in which order: containers-auth.json(5),
 * containers-registries.conf.d(5) and containers/image, pkg/docker/config/config.go. They know `credHelpers`, and
 * no `credsStore`.
 */
export interface ContainersFiles {
  /** Where `credHelpers` of this program belong. */
  readonly auth: string;
  /** Where `podman login` writes, and which is read before; absent: `auth` itself. */
  readonly first?: string;
  /** This program's own drop-in of registries.conf. */
  readonly dropIn: string;
  /** What else may name helpers for all registries: files, and folders of drop-ins. */
  readonly registries: readonly string[];
}

/**
 * Not `$XDG_RUNTIME_DIR/containers/auth.json`, where `podman login` writes: a logout or a reboot empties that folder,
 * and the wiring would go with it. The file below ~/.config is read as well and stays.
 *
 * @param uid the number of this user
 * @param platform as `process.platform` has it
 */
export function containersFiles(
  env: Environment,
  home: string,
  uid: number,
  platform: string,
): ContainersFiles {
  const auth = `${env.XDG_CONFIG_HOME || `${home}/.config`}/containers/auth.json`;
  // For registries.conf they look below HOME, whatever XDG_CONFIG_HOME says.
  const own = `${home}/.config/containers`;
  const files = {
    dropIn: `${own}/registries.conf.d/50-docker-credential-ecr.conf`,
    registries: ["/etc/containers", own].flatMap((folder) => [
      `${folder}/registries.conf`,
      `${folder}/registries.conf.d`,
    ]),
  };
  // Named outright it is the one file that newer versions read.
  if (env.REGISTRY_AUTH_FILE) return { ...files, auth: env.REGISTRY_AUTH_FILE };
  if (platform === "darwin") return { ...files, auth: `${home}/.config/containers/auth.json` };
  const runtime = env.XDG_RUNTIME_DIR || `/run/containers/${uid}`;
  return {
    ...files,
    auth,
    first: env.XDG_RUNTIME_DIR ? `${runtime}/containers/auth.json` : `${runtime}/auth.json`,
  };
}

/** Files first, as without it, then this helper for every registry that they say nothing of. */
export const dropInText = `# Written by 'docker-credential-ecr configure-docker --podman --all'; '--podman --undo' removes it.
credential-helpers = ["containers-auth.json", "${helperName}"]
`;

/**
 * Whether a registries.conf names helpers of its own. It is TOML, whose reader in Go takes a key in any case, bare or in
 * quotes; such a line is before all tables.
 */
export function namesHelpers(text: string): boolean {
  const keys = text.matchAll(/^[ \t\ufeff]*(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))[ \t]*=/gm);
  return [...keys].some(([, basic, literal, bare]) =>
    isField(basic ?? literal ?? bare ?? "", "credential-helpers"),
  );
}

import type { Environment } from "../../token/dependencies.ts";
import { helperName } from "../docker/edit-config.ts";
import { isField } from "../json/go-fields.ts";

/**
 * The files of podman, skopeo and buildah. For the files that they read, and the order, see containers-auth.json(5),
 * containers-registries.conf.d(5) and containers/image, pkg/docker/config/config.go. They support `credHelpers`, but
 * not `credsStore`.
 */
export interface ContainersFiles {
  /** The file for this program's `credHelpers`. */
  readonly auth: string;
  /** The file that `podman login` writes, and that is read first; absent: `auth` itself. */
  readonly first?: string;
  /** This program's own drop-in of registries.conf. */
  readonly dropIn: string;
  /** Other files, and folders of drop-ins, that may name helpers for all registries. */
  readonly registries: readonly string[];
}

/**
 * Not `$XDG_RUNTIME_DIR/containers/auth.json`, which `podman login` writes: a logout or a reboot empties that folder, and
 * would remove this helper. The file below ~/.config is also read, and stays.
 *
 * @param uid this user's ID
 * @param platform `process.platform`
 */
export function containersFiles(
  env: Environment,
  home: string,
  uid: number,
  platform: string,
): ContainersFiles {
  const auth = `${env.XDG_CONFIG_HOME || `${home}/.config`}/containers/auth.json`;
  // They read registries.conf below HOME, even if XDG_CONFIG_HOME is set.
  const own = `${home}/.config/containers`;
  const files = {
    dropIn: `${own}/registries.conf.d/50-docker-credential-ecr.conf`,
    registries: ["/etc/containers", own].flatMap((folder) => [
      `${folder}/registries.conf`,
      `${folder}/registries.conf.d`,
    ]),
  };
  // If it is set, newer versions read only this file.
  if (env.REGISTRY_AUTH_FILE) return { ...files, auth: env.REGISTRY_AUTH_FILE };
  if (platform === "darwin") return { ...files, auth: `${home}/.config/containers/auth.json` };
  const runtime = env.XDG_RUNTIME_DIR || `/run/containers/${uid}`;
  return {
    ...files,
    auth,
    first: env.XDG_RUNTIME_DIR ? `${runtime}/containers/auth.json` : `${runtime}/auth.json`,
  };
}

/** First the auth files, as by default, then this helper for every registry that they don't contain. */
export const dropInText = `# Written by 'docker-credential-ecr configure-docker --podman --all'; '--podman --undo' removes it.
credential-helpers = ["containers-auth.json", "${helperName}"]
`;

/**
 * Whether a registries.conf names helpers. It is TOML; the decoder in Go accepts a key in any case, bare or in quotes. Such
 * a line is before all tables.
 */
export function namesHelpers(text: string): boolean {
  const keys = text.matchAll(/^[ \t\ufeff]*(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))[ \t]*=/gm);
  return [...keys].some(([, basic, literal, bare]) =>
    isField(basic ?? literal ?? bare ?? "", "credential-helpers"),
  );
}

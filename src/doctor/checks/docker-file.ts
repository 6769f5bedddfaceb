import { hostOfKey, passwordsIn } from "../../clients/docker/logins.ts";
import { readDockerConfig } from "../../clients/docker/read-config.ts";
import { readClientFile } from "../../clients/files/client-file.ts";
import { isBlank } from "../../clients/json/text.ts";
import { Failure } from "../../token/failure.ts";
import type { DoctorContext } from "./machine.ts";

/** The relevant parts of Docker's config.json. */
export interface DockerFile {
  readonly path: string;
  /** Whether the file exists. */
  readonly exists: boolean;
  readonly credsStore?: string;
  readonly credHelpers: Readonly<Record<string, string>>;
  /** The logins that are stored in the file itself. */
  readonly logins: readonly FileLogin[];
}

export interface FileLogin {
  /** As written in the file. */
  readonly key: string;
  /** The host that Docker uses it for. */
  readonly host: string;
  /** The password of `auth`; undefined for another kind of login. */
  readonly password?: string;
}

/** @throws Failure CLIENT_FILE, DOCKER_CONFIG_SYNTAX, NO_HOME */
export async function readDockerFile({
  dockerConfig,
}: Pick<DoctorContext, "dockerConfig">): Promise<DockerFile> {
  if (dockerConfig !== undefined) return await readDockerFileAt(dockerConfig);
  throw new Failure("NO_HOME", "this user has no home folder", "set HOME, or DOCKER_CONFIG");
}

/** @throws Failure CLIENT_FILE, DOCKER_CONFIG_SYNTAX */
export async function readDockerFileAt(path: string): Promise<DockerFile> {
  const bytes = await readClientFile(path);
  return parseDockerFile(bytes?.toString("utf8"), path);
}

/** @param text undefined: the file does not exist. @throws Failure DOCKER_CONFIG_SYNTAX */
export function parseDockerFile(text: string | undefined, path: string): DockerFile {
  if (text === undefined || isBlank(text)) {
    return { path, exists: text !== undefined, credHelpers: {}, logins: [] };
  }
  const { credsStore, credHelpers } = readDockerConfig(text);
  return { path, exists: true, ...(credsStore && { credsStore }), credHelpers, logins: loginsIn(text) };
}

/** The helper that Docker runs for a host: `credHelpers` by exact match, else `credsStore`. "": it uses the file itself. */
export function helperFor({ credHelpers, credsStore = "" }: DockerFile, host: string): string {
  return Object.hasOwn(credHelpers, host) ? (credHelpers[host] ?? "") : credsStore;
}

function loginsIn(text: string): readonly FileLogin[] {
  return [...passwordsIn(text)].map(([key, password]) => ({
    key,
    host: hostOfKey(key),
    ...(password !== undefined && { password }),
  }));
}

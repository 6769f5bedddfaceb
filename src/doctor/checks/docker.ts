import { resolve } from "node:path";
import { helperName as ours } from "../../clients/docker/edit-config.ts";
import { hostOfKey } from "../../clients/docker/logins.ts";
import { findOnPath } from "../../process/find-on-path.ts";
import { inspectFile } from "../../store/files/inspect.ts";
import { undoRecordPath } from "../../store/files/paths.ts";
import { readableDuration } from "../../terminal/words.ts";
import { expiryOfPassword } from "../../token/expiry.ts";
import type { MachineDiagnostic, RegistryDiagnostic } from "./diagnostic.ts";
import { type DockerFile, helperFor } from "./docker-file.ts";
import { dockerFileOf } from "./docker-location.ts";
import { type Finding, failed, ok } from "./finding.ts";
import { identifyHelper } from "./helper.ts";

/** Which config.json Docker's clients read, and whether it can be read. */
export const dockerConfig: MachineDiagnostic = {
  name: "docker-config",
  scope: "machine",
  look: async (machine) => {
    const { path, exists } = await dockerFileOf(machine);
    const { DOCKER_CONFIG, HOME, SUDO_USER } = machine.env;
    const source = DOCKER_CONFIG ? " (DOCKER_CONFIG)" : HOME ? "" : " (HOME is not set: the account's)";
    const user = SUDO_USER ? `; of root, not of ${SUDO_USER}` : "";
    return ok(exists ? `${path}${source}${user}` : `there is no ${path}${source}${user}`);
  },
};

/** Whether Docker uses this helper for the registry. */
export const dockerHelper: RegistryDiagnostic = {
  name: "docker-wiring",
  scope: "registry",
  needs: ["registry-name", "docker-config"],
  look: async ({ host, machine }) => {
    const file = await dockerFileOf(machine);
    const helper = helperFor(file, host);
    const isOurs = helper === ours || (await isThisProgram(helper));
    const wasOurs = helper === "" && (await wasConfigured(machine.folders.state, file.path, host));
    return judgeHelper(file, host, isOurs, wasOurs);

    async function isThisProgram(name: string): Promise<boolean> {
      const found = name === "" ? [] : await findOnPath(`docker-credential-${name}`, machine.env);
      const first = found.find(({ isExecutable }) => isExecutable);
      return first !== undefined && (await identifyHelper(first.path, machine)).kind !== "other";
    }
  },
};

/** Whether `configure-docker` has configured this helper there, and has not undone it. */
async function wasConfigured(state: string, path: string, host: string): Promise<boolean> {
  const found = await inspectFile(undoRecordPath(state, resolve(path)));
  if (found.kind !== "text") return false;
  try {
    const { replaced = {} } = JSON.parse(found.text);
    return replaced.credsStore !== undefined || Object.hasOwn(replaced.credHelpers ?? {}, host);
  } catch {
    return false;
  }
}

/**
 * @param isOurs whether the helper that Docker uses for the host is this program
 * @param wasOurs whether `configure-docker` had configured that
 */
export function judgeHelper(file: DockerFile, host: string, isOurs: boolean, wasOurs = false): Finding {
  const { path, credHelpers } = file;
  const helper = helperFor(file, host);
  const place = Object.hasOwn(credHelpers, host) ? "credHelpers" : "credsStore";
  if (isOurs) return ok(`${place} "${helper}": Docker uses this helper`);
  const fix = `docker-credential-ecr configure-docker ${host}`;
  const near = Object.keys(credHelpers).find((key) => hostOfKey(key).toLowerCase() === host && key !== host);
  if (near !== undefined && credHelpers[near] === ours) {
    const what = `credHelpers in ${path} has "${near}", which Docker ignores: it looks for the bare host`;
    return failed("WIRING_KEY", what, fix);
  }
  if (wasOurs) {
    const what = `configure-docker configured this helper for ${host} in ${path}, and another program has removed it since, as 'podman logout --all --authfile ${path}' does`;
    return failed("WIRING_REMOVED", what, fix);
  }
  if (helper === "") {
    return failed("NOT_WIRED", `Docker uses no helper for ${host}: ${path} names none`, fix);
  }
  return failed(
    "WIRED_ELSEWHERE",
    `Docker uses docker-credential-${helper} for ${host}: ${place} in ${path}`,
    place === "credHelpers" ? `${fix} --replace` : fix,
  );
}

/** Logins in config.json itself: expired ones, and those that Docker ignores because of the helper. */
export const dockerLogins: RegistryDiagnostic = {
  name: "docker-logins",
  scope: "registry",
  needs: ["registry-name", "docker-config"],
  look: async ({ host, machine }) => judgeLogins(await dockerFileOf(machine), host, machine.now()),
};

/** @param now milliseconds since the epoch */
export function judgeLogins(file: DockerFile, host: string, now: number): Finding {
  const { path, credsStore, credHelpers, logins } = file;
  const isAsked = helperFor(file, host) !== "";
  const own = logins.filter((login) => login.host === host);
  for (const { key, password } of own) {
    const end = password === undefined ? undefined : expiryOfPassword(password);
    if (end === undefined || end > now) continue;
    const ago = `a login for ${key} in ${path} expired ${readableDuration(now - end)} ago`;
    const effect = isAsked
      ? "clients that run no helper still use it"
      : "Docker sends it, and the registry answers 403 denied: expired";
    return failed("AUTHS_STALE", `${ago}: ${effect}`, `docker logout ${host}`);
  }
  const hidden = logins.filter((login) => login.host !== host && !Object.hasOwn(credHelpers, login.key));
  if (credsStore === ours && hidden.length > 0) {
    const hosts = [...new Set(hidden.map((login) => login.host))].join(", ");
    return failed(
      "AUTHS_HIDDEN",
      `Docker ignores the logins in ${path} for ${hosts}: because of credsStore it uses this helper instead`,
      `docker-credential-ecr configure-docker --undo, then configure-docker ${host}`,
    );
  }
  if (own.length === 0) return ok("none in config.json for this registry");
  return ok(isAsked ? `${path} has one, which Docker does not use` : `${path} has one, and Docker uses it`);
}

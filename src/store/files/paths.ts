import { fingerprint } from "../../token/dependencies.ts";

/** Of files in the format of docs/token-file.md. */
export const entrySuffix = ".entry";
/** Of those that were JSON. */
export const formerSuffix = ".json";

/** Names of the files in the state folder. A host has been through the registry room, so it is safe in a path. */
export function tokenPath(state: string, host: string): string {
  return `${state}/tokens/${host}${entrySuffix}`;
}

export function loginPath(state: string, host: string): string {
  return `${state}/logins/${host}${entrySuffix}`;
}

/** A login in the format before docs/token-file.md. */
export function formerLoginPath(state: string, host: string): string {
  return `${state}/logins/${host}${formerSuffix}`;
}

export function authorizationPath(state: string, key: string): string {
  return `${state}/authorizations/${key}${entrySuffix}`;
}

export function failurePath(state: string, key: string): string {
  return `${state}/authorizations/${key}.failed.json`;
}

/** Why the last `get` for a registry gave no token. */
export function failedGetPath(state: string, host: string): string {
  return `${state}/failed-gets/${host}.json`;
}

/** One lock for several keys, so that the files, which stay, are never more than 256. */
export function lockPath(state: string, key: string): string {
  return `${state}/locks/${key.slice(0, 2)}`;
}

/** Where followed registries replicate to. A condition of tokens: it is written only when that changes. */
export function rulesPath(state: string): string {
  return `${state}/replication.json`;
}

/** When the replication rules were read, and why not. */
export function readingsPath(state: string): string {
  return `${state}/replication-readings.json`;
}

/** What a login to a host that is not ECR's is named after: a server URL may hold what no file name can. */
export function serverKey(server: string): string {
  return fingerprint(server).slice(0, 40);
}

/** Says that the keychain may hold a login to a server. */
export function keychainMarkPath(state: string, server: string): string {
  return `${state}/keychain/${serverKey(server)}.json`;
}

/** An encrypted login. */
export function sealedLoginPath(state: string, key: string): string {
  return `${state}/sealed/${key}.json`;
}

/** One folder down, as all that `writeState` writes. */
export function loginKeyPath(state: string): string {
  return `${state}/keys/logins.json`;
}

/** How the secrets in token files are kept: in plain or encrypted. */
export function atRestPath(state: string): string {
  return `${state}/at-rest.json`;
}

/** Why the keychain did not give the key of encrypted tokens when it was asked last. */
export function tokenKeyFailurePath(state: string): string {
  return `${state}/keys/tokens.failed.json`;
}

/** Held while the keychain is asked for that key, or one is made. */
export function tokenKeyLockPath(state: string): string {
  return `${state}/locks/token-key`;
}

/** Where the key lies for as long as the user is logged in; undefined where the environment names no such folder. */
export function memoryKeyPath(runtimeFolder: string | undefined): string | undefined {
  return runtimeFolder?.startsWith("/") ? `${runtimeFolder}/docker-credential-ecr/token-key.json` : undefined;
}

/** Held while a login to a host that is not ECR's is stored or erased. */
export function otherLoginsLockPath(state: string): string {
  return `${state}/locks/logins`;
}

import { fingerprint } from "../../token/dependencies.ts";

/** The suffix of files in the format of docs/token-file.md. */
export const entrySuffix = ".entry";
/** The suffix of these files in the previous format, JSON. */
export const previousSuffix = ".json";

/** Paths of the files in the state folder. A host has been parsed by registry/, so it is safe in a path. */
export function tokenPath(state: string, host: string): string {
  return `${state}/tokens/${host}${entrySuffix}`;
}

export function loginPath(state: string, host: string): string {
  return `${state}/logins/${host}${entrySuffix}`;
}

/** A login in the previous format. */
export function previousLoginPath(state: string, host: string): string {
  return `${state}/logins/${host}${previousSuffix}`;
}

export function authorizationPath(state: string, key: string): string {
  return `${state}/authorizations/${key}${entrySuffix}`;
}

export function failurePath(state: string, key: string): string {
  return `${state}/authorizations/${key}.failed.json`;
}

/** Why the last `get` for a registry returned no token. */
export function failedGetPath(state: string, host: string): string {
  return `${state}/failed-gets/${host}.json`;
}

/** Several keys share a lock, so that there are at most 256 lock files, which are never removed. */
export function lockPath(state: string, key: string): string {
  return `${state}/locks/${key.slice(0, 2)}`;
}

/**
 * The replication targets of followed registries. Tokens depend on this file, so it is written only when they change.
 */
export function rulesPath(state: string): string {
  return `${state}/replication.json`;
}

/** The times at which replication rules were read, and the last errors. */
export function readingsPath(state: string): string {
  return `${state}/replication-readings.json`;
}

/** The record of what `configure-docker` changed in a client's file. Its name is derived from the file's path. */
export function undoRecordPath(state: string, path: string): string {
  return `${state}/clients/${fingerprint(path).slice(0, 16)}.json`;
}

/** The file name for a login to a host outside ECR: a server URL may contain characters that a file name can't. */
export function serverKey(server: string): string {
  return fingerprint(server).slice(0, 40);
}

/** This file records that the keychain may have a login to a server. */
export function keychainMarkPath(state: string, server: string): string {
  return `${state}/keychain/${serverKey(server)}.json`;
}

/** An encrypted login. */
export function sealedLoginPath(state: string, key: string): string {
  return `${state}/sealed/${key}.json`;
}

/** In a subfolder, like every file that `writeState` writes. */
export function loginKeyPath(state: string): string {
  return `${state}/keys/logins.json`;
}

/** Whether the secrets in token files are in plain text or encrypted. */
export function atRestPath(state: string): string {
  return `${state}/at-rest.json`;
}

/** Why the keychain did not return the key of encrypted tokens at the last call. */
export function tokenKeyFailurePath(state: string): string {
  return `${state}/keys/tokens.failed.json`;
}

/** The lock for reading that key from the keychain, or creating one. */
export function tokenKeyLockPath(state: string): string {
  return `${state}/locks/token-key`;
}

/** The copy of the key while the user is logged in; undefined if the environment has no runtime folder. */
export function memoryKeyPath(runtimeFolder: string | undefined): string | undefined {
  return runtimeFolder?.startsWith("/") ? `${runtimeFolder}/docker-credential-ecr/token-key.json` : undefined;
}

/** The lock for storing or erasing a login to a host outside ECR. */
export function otherLoginsLockPath(state: string): string {
  return `${state}/locks/logins`;
}

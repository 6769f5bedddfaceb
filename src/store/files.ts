/** Names of the files in the state folder. A host has been through the registry room, so it is safe in a path. */
export function tokenPath(state: string, host: string): string {
  return `${state}/tokens/${host}.json`;
}

export function loginPath(state: string, host: string): string {
  return `${state}/logins/${host}.json`;
}

export function authorizationPath(state: string, key: string): string {
  return `${state}/authorizations/${key}.json`;
}

export function failurePath(state: string, key: string): string {
  return `${state}/authorizations/${key}.failed.json`;
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

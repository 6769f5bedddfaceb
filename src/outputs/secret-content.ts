import { encodeAuth } from "../clients/docker/login.ts";
import { type AppliedSecret, appliedSecret } from "../clients/kubernetes/secret.ts";
import type { SecretOutput } from "../config/config.ts";
import { fingerprint } from "../token/dependencies.ts";
import type { WantedSecret } from "./secret-plan.ts";
import type { OutputTokens } from "./tokens.ts";

/** A Secret as it must be, without its namespace. */
export interface SecretContent extends WantedSecret {
  readonly manifest: AppliedSecret;
}

/**
 * The content of an output's Secret.
 *
 * @param managed the hosts of all registries that are renewed, and of their aliases
 * @throws Failure SECRET_TOO_LARGE
 */
export function secretContent(
  { name, registries }: Pick<SecretOutput, "name" | "registries">,
  { logins, expiries }: Pick<OutputTokens, "logins" | "expiries">,
  managed: ReadonlySet<string>,
): SecretContent {
  const selected = [...(registries ?? managed)].sort();
  const hosts = selected.filter((host) => logins.has(host));
  const auths = hosts.flatMap((host) => {
    const login = logins.get(host);
    return login ? [[host, { auth: encodeAuth(login) }] as const] : [];
  });
  const expiresAt = Math.min(...hosts.map((host) => expiries.get(host) ?? Infinity));
  const manifest = appliedSecret(
    name,
    JSON.stringify({ auths: Object.fromEntries(auths) }),
    hosts,
    expiresAt,
  );
  const missing = selected.filter((host) => !logins.has(host));
  return { manifest, revision: fingerprint(manifest), hosts, missing };
}

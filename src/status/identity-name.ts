/**
 * The name of an identity in config.yaml, else its profile or role, else "environment" or "default": a stable label, while
 * descriptions, which are for users, may change.
 */
export function identityName(described: string): string {
  const configured = /^(\S+) \((?:profile|role) /.exec(described)?.[1];
  if (configured !== undefined) return configured;
  const direct = /^(?:profile|role) (\S+)/.exec(described)?.[1];
  return direct ?? (described.startsWith("keys in the environment") ? "environment" : "default");
}

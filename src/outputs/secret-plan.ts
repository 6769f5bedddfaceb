import type { StoredSecret } from "../cluster/objects.ts";

/** What a Secret must contain in every namespace that gets it. */
export interface WantedSecret {
  /** Differs whenever its content differs. */
  readonly revision: string;
  /** The hosts whose tokens it contains. */
  readonly hosts: readonly string[];
  /** The hosts that belong in it, for which there is no valid token now. */
  readonly missing: readonly string[];
}

/** What this process has written, by namespace. */
export interface Written {
  readonly revision: string;
  readonly resourceVersion: string;
}

/** What to do with a Secret. taken: it is not this program's, and is left alone. */
export type SecretAction = "none" | "create" | "update" | "taken";

/** Milliseconds: for the rest of its life, a token in a Secret does not delay the newer tokens of other registries. */
const holdUntil = 3_600_000;

/**
 * What to do in a namespace that gets the Secret.
 *
 * A process that has just started with an empty state folder may not have all tokens yet. A Secret with a valid token that
 * this process does not have is not replaced until an hour before it expires.
 *
 * @param now milliseconds since the epoch
 */
export function secretAction(
  stored: StoredSecret | undefined,
  { revision, hosts, missing }: WantedSecret,
  written: Written | undefined,
  now: number,
): SecretAction {
  if (!stored) return hosts.length > 0 ? "create" : "none";
  if (!stored.isOwn) return "taken";
  if (stored.isTerminating) return "none";
  if (written?.revision === revision && written.resourceVersion === stored.resourceVersion) return "none";
  // Without any token there is nothing to restore: those in the Secret stay until they expire.
  if (hosts.length === 0 && missing.length > 0 && stored.expiresAt > now) return "none";
  const hasOtherTokens = stored.registries.some((host) => missing.includes(host));
  // An edited Secret may contain anything: what it has is known only if this process has not written it.
  if (!written && hasOtherTokens && stored.expiresAt > now + holdUntil) return "none";
  return "update";
}

/** Whether this program may remove a Secret that config.yaml no longer names. */
export function isRemovable({ isOwn, isLabelled, isTerminating }: StoredSecret): boolean {
  return isOwn && isLabelled && !isTerminating;
}

/**
 * The namespaces outside the selection from which this program must remove the Secret now.
 *
 * Those that are not recorded may be of another daemon with another selection, which keeps its tokens valid; or the state
 * folder was lost. They are removed when their token has expired.
 *
 * @param now milliseconds since the epoch
 */
export function obsoleteNamespaces(
  recorded: readonly string[],
  stored: readonly StoredSecret[],
  selected: ReadonlySet<string>,
  now: number,
): readonly string[] {
  const expired = stored.filter((each) => isRemovable(each) && each.expiresAt <= now);
  const own = expired.map(({ namespace }) => namespace);
  return [...new Set([...recorded, ...own])].filter((namespace) => !selected.has(namespace)).sort();
}

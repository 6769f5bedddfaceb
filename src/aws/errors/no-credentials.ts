import type { AwsFiles } from "../../profiles/config-files.ts";
import { accountOfProfile } from "../../profiles/profile-registries.ts";
import { shellQuoted } from "../../profiles/shell-words.ts";
import type { FetchContext } from "./diagnosis.ts";

/** The most profiles that a message lists. */
const most = 5;

/**
 * The fix if there are no credentials: names the profiles of the registry's account, else all profiles.
 *
 * @param other another fix; a profile of the account is listed before it
 */
export function fixForNone(
  { registry, config }: FetchContext,
  files: AwsFiles | undefined,
  other?: string,
): string {
  const file = config?.path ?? "config.yaml";
  const all = files?.profileNames() ?? [];
  const account = registry.kind === "private" ? registry.account : undefined;
  const own = files ? all.filter((name) => account && accountOfProfile(files, name) === account) : [];
  const named = (what: string) => `name ${what} for this registry in ${file}`;
  const after = other === undefined ? "" : `, or ${other}`;
  const before = other === undefined ? "" : `${other}, or `;
  const [first] = own;
  if (first !== undefined && own.length === 1) {
    return `profile ${first} belongs to account ${account}: set AWS_PROFILE=${shellQuoted(first)}, or ${named("it")}${after}`;
  }
  if (own.length > 1) {
    return `profiles ${list(own)} belong to account ${account}: set AWS_PROFILE to one of them, or ${named("it")}${after}`;
  }
  const others = all.filter((name) => name !== "default");
  const [only] = others;
  if (only !== undefined && others.length === 1) {
    return `${before}set AWS_PROFILE=${shellQuoted(only)}, or ${named("it")}`;
  }
  if (others.length > 0) return `${before}set AWS_PROFILE to one of ${list(others)}, or ${named("it")}`;
  return `${before}run 'aws configure sso' and set AWS_PROFILE to the profile that it writes, or ${named("that")}`;
}

function list(names: readonly string[]): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + more;
}

import type { AwsFiles } from "../../profiles/config-files.ts";
import { accountOfProfile } from "../../profiles/profile-registries.ts";
import { shellQuoted } from "../../profiles/shell-words.ts";
import type { Asked } from "./diagnosis.ts";

/** So many profiles a message names. */
const most = 5;

/**
 * What to do where nothing says who is to fetch: the profiles of the registry's account, else those that there are.
 *
 * @param other what else may bring credentials; a profile of the account goes before it
 */
export function fixForNone({ registry, config }: Asked, files: AwsFiles | undefined, other?: string): string {
  const file = config?.path ?? "config.yaml";
  const all = files?.profileNames() ?? [];
  const account = registry.kind === "private" ? registry.account : undefined;
  const own = files ? all.filter((name) => account && accountOfProfile(files, name) === account) : [];
  const named = (what: string) => `name ${what} for this registry in ${file}`;
  const after = other === undefined ? "" : `, or ${other}`;
  const before = other === undefined ? "" : `${other}, or `;
  const [first] = own;
  if (first !== undefined && own.length === 1) {
    return `profile ${first} is of account ${account}: set AWS_PROFILE=${shellQuoted(first)}, or ${named("it")}${after}`;
  }
  if (own.length > 1) {
    return `profiles ${list(own)} are of account ${account}: set AWS_PROFILE to one of them, or ${named("it")}${after}`;
  }
  const others = all.filter((name) => name !== "default");
  if (others.length > 0) return `${before}set AWS_PROFILE to one of ${list(others)}, or ${named("it")}`;
  return `${before}run 'aws configure sso' and set AWS_PROFILE to the profile that it writes, or ${named("that")}`;
}

function list(names: readonly string[]): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + more;
}

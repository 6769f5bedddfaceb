import { type AccountRegistration, blockItem, entriesOf, flowItem } from "./add-registrations.ts";
import type { Config } from "./config.ts";
import { checkConfig, parseConfig } from "./parse.ts";

/** The result of removing entries from a config.yaml. */
export interface Removal {
  readonly text: string;
  /** The entries that are still in the text, each with the reason. */
  readonly left: readonly string[];
}

/**
 * Removes what `addRegistrations` has added to a config.yaml, as far as its text is unchanged. Each removal must leave a valid
 * file with all other entries.
 */
export function removeRegistrations(text: string, added: readonly AccountRegistration[]): Removal {
  if (checkConfig(text, "").length > 0) {
    const names = added.map(({ account }) => `the entry of account ${account}`);
    return { text, left: names.map((name) => `${name}: the file is invalid`) };
  }
  const { identities, registries } = entriesOf(added);
  const left: string[] = [];
  let rest = text;
  const remove = (item: string | readonly string[], name: string, isExpected: Check) => {
    const without = withoutItem(rest, item);
    if (without === undefined) left.push(`${name}: it was changed`);
    else if (isValidRest(rest, without, isExpected)) rest = without;
    else left.push(`${name}: another entry uses it`);
  };
  // An entry that the user has removed is done.
  const config = parseConfig(text, "");
  const accounts = accountsIn(config);
  for (const { item, name } of registries)
    if (accounts.has(name)) remove(item, `the entry of account ${name}`, hasOneEntryLess);
  for (const { item, name } of identities)
    if (Object.hasOwn(config.identities, name))
      remove(item, `the identity ${name}`, (before, after) => lacksOnly(before, after, name));
  return { text: rest, left };
}

/** Whether a config.yaml has an entry for the account, or is invalid. */
export function mayHaveEntry(text: string, account: string): boolean {
  return checkConfig(text, "").length > 0 || accountsIn(parseConfig(text, "")).has(account);
}

function accountsIn({ registries }: Config): ReadonlySet<string> {
  return new Set(registries.flatMap(({ target }) => (target.kind === "account" ? [target.account] : [])));
}

type Check = (before: Config, after: Config) => boolean;

function isValidRest(before: string, after: string, isExpected: Check): boolean {
  return checkConfig(after, "").length === 0 && isExpected(parseConfig(before, ""), parseConfig(after, ""));
}

function hasOneEntryLess(before: Config, after: Config): boolean {
  const entries = ({ registries }: Config) => registries.map(({ line, ...entry }) => entry);
  const [all, rest] = [entries(before), entries(after)];
  const isOneLess = all.some((_, index) => Bun.deepEquals(all.toSpliced(index, 1), rest));
  return isOneLess && Bun.deepEquals(before.identities, after.identities);
}

function lacksOnly(before: Config, after: Config, name: string): boolean {
  const { [name]: removed, ...others } = before.identities;
  return removed !== undefined && Bun.deepEquals(others, after.identities);
}

/** The text without an entry in the form of `addRegistrations`; undefined if it does not contain it exactly once. */
function withoutItem(text: string, item: string | readonly string[]): string | undefined {
  return withoutBlock(text, item) ?? withoutFlow(text, flowItem(item));
}

function withoutBlock(text: string, item: string | readonly string[]): string | undefined {
  const lines = text.split("\n");
  const plain = lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  const size = typeof item === "string" ? 1 : item.length;
  const starts = plain.flatMap((line, index) => {
    const indent = line.slice(0, line.length - line.trimStart().length);
    const isSame = plain.slice(index, index + size).join("\n") === blockItem(item, indent, "\n");
    return isSame ? [index] : [];
  });
  const [start] = starts;
  if (start === undefined || starts.length > 1) return undefined;
  const key = plain[start - 1] ?? "";
  const next = plain.slice(start + size).find((line) => /^\s*[^\s#]/.test(line));
  const isLastOfKey =
    /^(?:registries|identities):$/.test(key) && (next === undefined || /^[^\s-]/.test(next));
  lines.splice(isLastOfKey ? start - 1 : start, isLastOfKey ? size + 1 : size);
  return lines.join("\n");
}

function withoutFlow(text: string, item: string): string | undefined {
  const at = text.indexOf(item);
  if (at < 0 || text.indexOf(item, at + 1) >= 0) return undefined;
  const before = text.slice(0, at);
  const after = text.slice(at + item.length);
  if (before.endsWith(", ")) return before.slice(0, -2) + after;
  return before + (after.startsWith(", ") ? after.slice(2) : after);
}

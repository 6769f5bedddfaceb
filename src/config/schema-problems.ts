import type * as z from "zod/mini";
import { type Complaint, type KeyPath, quoted, spell } from "./problem.ts";
import { complaintIn } from "./section.ts";
import type { Located } from "./source-positions.ts";

/** The schema's complaints about the file, in words that name the key, the value and the fix. */
export function schemaComplaints(issues: readonly z.core.$ZodIssue[], located: Located): Complaint[] {
  const sections = issues
    .filter(({ code }) => code === "unrecognized_keys")
    .map(({ path }) => spell(path as KeyPath));
  // Beside a key that is not known, one that is missing is the one that was meant.
  const isMeant = ({ path }: z.core.$ZodIssue) =>
    located.valueOf(path as KeyPath) === undefined && sections.includes(spell(path.slice(0, -1) as KeyPath));
  return issues.filter((issue) => !isMeant(issue)).map((issue) => schemaComplaint(issue, located));
}

function schemaComplaint(issue: z.core.$ZodIssue, located: Located): Complaint {
  const path = issue.path as KeyPath;
  const key = spell(path);
  const told = complaintIn(issue.message);
  switch (issue.code) {
    case "unrecognized_keys": {
      const [unknown = ""] = issue.keys;
      const where = key === "" ? "" : ` in ${key}`;
      return {
        path: [...path, unknown],
        atKey: true,
        what: `key ${quoted(unknown)}${where} is not known`,
        fix: told?.fix ?? "remove it",
      };
    }
    case "invalid_key": {
      const inner = complaintIn(issue.issues[0]?.message ?? "");
      return {
        path,
        atKey: true,
        what: `${key} ${inner?.what ?? "can't have this name"}`,
        fix: inner?.fix ?? "rename it",
      };
    }
    case "invalid_type":
      return typeComplaint(path, issue.expected, located);
    default: {
      const { what = "can't have this value", fix = "see docs/config.md" } = told ?? {};
      return { path, what: `${key}${shown(path, located)} ${what}`, fix };
    }
  }
}

const kinds: Readonly<Record<string, string>> = {
  array: "a list, each item after a dash",
  boolean: "true or false",
  object: "a mapping, KEY: VALUE on lines of their own",
  record: "a mapping, NAME: VALUE on lines of their own",
  string: "a text",
};

function typeComplaint(path: KeyPath, expected: string, located: Located): Complaint {
  const value = located.valueOf(path);
  const key = spell(path) || "the file";
  const kind = kinds[expected] ?? expected;
  if (value === undefined) return { path, what: `${key} is missing`, fix: `add it: ${kind}` };
  if (value === null) return { path, what: `${key} has no value`, fix: `give it ${kind}, or remove it` };
  const source = located.sourceOf(path);
  if (expected === "string" && source !== undefined && typeof value !== "object") {
    // Of 012345678901 YAML drops the zero, and other readers of YAML take it for octal.
    const type = typeof value === "number" ? "a number" : "true or false";
    const fix = unit(path, source) ?? `put it in quotes: ${quoted(whole(path, source))}`;
    return { path, what: `${key} is ${source.slice(0, 40)}, which YAML takes for ${type}`, fix };
  }
  const found = Array.isArray(value)
    ? "a list"
    : typeof value === "object"
      ? "a mapping"
      : `a ${typeof value}`;
  return { path, what: `${key} is ${found.replace("string", "text")}`, fix: `make it ${kind}` };
}

/** An account with the zeros in front that another program may have dropped already. */
function whole(path: KeyPath, source: string): string {
  return path.at(-1) === "account" && /^\d{1,12}$/.test(source) ? source.padStart(12, "0") : source;
}

/** A duration without a unit is no text that lacks its quotes. */
function unit(path: KeyPath, source: string): string | undefined {
  const last = path.at(-1);
  if (last !== "duration" && last !== "minValidity") return undefined;
  return `add the unit, as in ${/^\d{1,6}$/.test(source) ? source : 90}s, 15m or 1h30m`;
}

/** The value in brackets, where it is a scalar and not what a person may hold for a secret. */
function shown(path: KeyPath, located: Located): string {
  const value = located.valueOf(path);
  if (path.at(-1) === "externalId") return "";
  if (typeof value === "string") return ` (${quoted(value)})`;
  return typeof value === "number" || typeof value === "boolean" ? ` (${value})` : "";
}

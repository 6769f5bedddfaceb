import type * as z from "zod/mini";
import { type Complaint, type KeyPath, quoted, spell } from "./problem.ts";
import { complaintIn } from "./section.ts";
import type { Located } from "./source-positions.ts";

/** The schema's issues with the file, as complaints that name the key, the value and the fix. */
export function schemaComplaints(issues: readonly z.core.$ZodIssue[], located: Located): Complaint[] {
  const sections = issues
    .filter(({ code }) => code === "unrecognized_keys")
    .map(({ path }) => spell(path as KeyPath));
  // A missing key next to an unknown one is probably the same key, misspelt.
  const isMisspelt = ({ path }: z.core.$ZodIssue) =>
    located.valueOf(path as KeyPath) === undefined && sections.includes(spell(path.slice(0, -1) as KeyPath));
  return issues.filter((issue) => !isMisspelt(issue)).map((issue) => schemaComplaint(issue, located));
}

function schemaComplaint(issue: z.core.$ZodIssue, located: Located): Complaint {
  const path = issue.path as KeyPath;
  const key = spell(path);
  const complaint = complaintIn(issue.message);
  switch (issue.code) {
    case "unrecognized_keys": {
      const [unknown = ""] = issue.keys;
      const where = key === "" ? "" : ` in ${key}`;
      return {
        path: [...path, unknown],
        atKey: true,
        what: `key ${quoted(unknown)}${where} is not known`,
        fix: complaint?.fix ?? "remove it",
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
      const { what = "can't have this value", fix = "see docs/config.md" } = complaint ?? {};
      return { path, what: `${key}${shown(path, located)} ${what}`, fix };
    }
  }
}

const kinds: Readonly<Record<string, string>> = {
  array: "a list, with a dash before each item",
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
  if (value === null) return { path, what: `${key} has no value`, fix: `set it to ${kind}, or remove it` };
  const source = located.sourceOf(path);
  if (expected === "string" && source !== undefined && typeof value !== "object") {
    // YAML drops the zero of 012345678901, and other YAML parsers read it as octal.
    const type = typeof value === "number" ? "a number" : "true or false";
    const fix = unit(path, source) ?? `put it in quotes: ${quoted(withLeadingZeros(path, source))}`;
    return { path, what: `${key} is ${source.slice(0, 40)}, which YAML reads as ${type}`, fix };
  }
  const actual = Array.isArray(value)
    ? "a list"
    : typeof value === "object"
      ? "a mapping"
      : `a ${typeof value}`;
  return { path, what: `${key} is ${actual.replace("string", "text")}`, fix: `make it ${kind}` };
}

/** An account with leading zeros, which another program may have dropped already. */
function withLeadingZeros(path: KeyPath, source: string): string {
  return path.at(-1) === "account" && /^\d{1,12}$/.test(source) ? source.padStart(12, "0") : source;
}

/** The fix for a duration without a unit, which quotes would not help. */
function unit(path: KeyPath, source: string): string | undefined {
  const last = path.at(-1);
  if (last !== "duration" && last !== "minValidity") return undefined;
  return `add the unit, as in ${/^\d{1,6}$/.test(source) ? source : 90}s, 15m or 1h30m`;
}

/** The value in brackets, if it is a scalar and not a possible secret. */
function shown(path: KeyPath, located: Located): string {
  const value = located.valueOf(path);
  if (path.at(-1) === "externalId") return "";
  if (typeof value === "string") return ` (${quoted(value)})`;
  return typeof value === "number" || typeof value === "boolean" ? ` (${value})` : "";
}

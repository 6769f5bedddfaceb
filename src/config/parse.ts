import type { Failure } from "../token/failure.ts";
import { build } from "./build.ts";
import { type Config, emptyConfig } from "./config.ts";
import { aliasComplaints } from "./host-checks.ts";
import { identityComplaints } from "./identity-checks.ts";
import { outputComplaints } from "./output-checks.ts";
import {
  type Complaint,
  failureOf,
  failuresOf,
  type KeyPath,
  lineFinder,
  type Problem,
  quoted,
} from "./problem.ts";
import { registrationComplaints } from "./registration-checks.ts";
import { configSchema, type RawConfig } from "./schema.ts";
import { schemaComplaints } from "./schema-problems.ts";
import { Located } from "./source-positions.ts";
import { readYaml } from "./syntax.ts";
import { syntaxHints } from "./syntax-hints.ts";
import { valueComplaints } from "./value-checks.ts";

/**
 * Parses and checks the text of a config.yaml. Comments alone give the default config.
 *
 * @param file its path, for messages
 * @throws Failure CONFIG_SYNTAX, CONFIG_VERSION, CONFIG_INVALID: the first problem of the file, with its line and column
 */
export function parseConfig(text: string, file: string): Config {
  const outcome = problemsOrConfig(text);
  if (Array.isArray(outcome)) throw failureOf(outcome, text, file);
  return outcome as Config;
}

/** All problems of a config.yaml, in the order of the file; empty if it is valid. @param file its path, for messages */
export function checkConfig(text: string, file: string): readonly Failure[] {
  const outcome = problemsOrConfig(text);
  return Array.isArray(outcome) ? failuresOf(outcome, text, file) : [];
}

function problemsOrConfig(text: string): Config | readonly Problem[] {
  if (/^[\s\0\ufeff]*$/.test(text)) return [nothing("the file is empty, as after a write to a full disk")];
  const located = readYaml(text);
  if (!(located instanceof Located)) return withHints(located, text);
  if (located.value === null) return text.includes("#") ? emptyConfig : [nothing("the file has no content")];
  const outcome = check(located);
  if (Array.isArray(outcome)) return withHints(outcome, text);
  const lineAt = lineFinder(text);
  const lineOf = (path: KeyPath) =>
    lineAt(located.offsetOf(path, path[0] === "identities" ? "key" : "value"));
  return build(outcome as RawConfig, lineOf);
}

/** The settings may have been lost, so the default config could be that of another identity. */
function nothing(what: string): Problem {
  return { code: "CONFIG_SYNTAX", offset: 0, what, fix: "write its settings again, or remove the file" };
}

/** Replaces the parser's messages by hints: those on a line with a hint, and those after the first syntax error. */
function withHints(problems: readonly Problem[], text: string): readonly Problem[] {
  const hints = syntaxHints(text);
  const [first] = hints;
  if (!first) return problems;
  const lineAt = lineFinder(text);
  const lines = new Set(hints.map(({ offset }) => lineAt(offset)));
  const isBroken = problems.some(({ code }) => code === "CONFIG_SYNTAX");
  const useful = problems.filter(({ offset }) =>
    isBroken
      ? offset < first.offset && lineAt(offset) < lineAt(first.offset) && lineAt(offset) > 1
      : !lines.has(lineAt(offset)),
  );
  return [...hints, ...useful];
}

function check(located: Located): RawConfig | Problem[] {
  // First of all: a key of a newer version must not be reported as unknown.
  const version = versionProblem(located);
  if (version) return [version];
  const parsed = configSchema.safeParse(located.value);
  const complaints = parsed.success
    ? [
        ...valueComplaints(parsed.data),
        ...identityComplaints(parsed.data),
        ...registrationComplaints(parsed.data),
        ...aliasComplaints(parsed.data),
        ...outputComplaints(parsed.data),
      ]
    : schemaComplaints(parsed.error.issues, located);
  if (complaints.length > 0) return complaints.map((complaint) => problemOf(complaint, located));
  return parsed.data as RawConfig;
}

function problemOf({ path, atKey, what, fix }: Complaint, located: Located): Problem {
  return { code: "CONFIG_INVALID", offset: located.offsetOf(path, atKey ? "key" : "value"), what, fix };
}

function versionProblem(located: Located): Problem | undefined {
  const { value } = located;
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const version = located.valueOf(["version"]);
  if (version === 1) return undefined;
  const offset = located.offsetOf(["version"], "value");
  const problem = (what: string, fix: string): Problem => ({ code: "CONFIG_VERSION", offset, what, fix });
  if (version === undefined) {
    const start = located.offsetOf([], "value");
    return { ...problem("the version is missing", "write version: 1 on its first line"), offset: start };
  }
  if (typeof version === "number" && Number.isSafeInteger(version) && version > 1) {
    return problem(`this program supports version 1, not ${version}`, "update docker-credential-ecr");
  }
  const shown = typeof version === "string" ? ` (${quoted(version)})` : "";
  return problem(`there is no such version${shown}`, "write version: 1");
}

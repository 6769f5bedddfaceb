import { build } from "./build.ts";
import { type Config, emptyConfig } from "./config.ts";
import { aliasComplaints } from "./host-checks.ts";
import { identityComplaints } from "./identity-checks.ts";
import { type Complaint, failureOf, type KeyPath, lineFinder, type Problem, quoted } from "./problem.ts";
import { registrationComplaints } from "./registration-checks.ts";
import { configSchema, type RawConfig } from "./schema.ts";
import { schemaComplaints } from "./schema-problems.ts";
import { Located } from "./source-positions.ts";
import { readYaml } from "./syntax.ts";
import { valueComplaints } from "./value-checks.ts";

/**
 * The text of a config.yaml, checked whole. An empty one counts as none.
 *
 * @param file its path, for messages
 * @throws Failure CONFIG_SYNTAX, CONFIG_VERSION, CONFIG_INVALID: the first problem of the file, with its place
 */
export function parseConfig(text: string, file: string): Config {
  const located = readYaml(text);
  if (!(located instanceof Located)) throw failureOf(located, text, file);
  if (located.value === null) return emptyConfig;
  const outcome = check(located);
  if (Array.isArray(outcome)) throw failureOf(outcome, text, file);
  const lineAt = lineFinder(text);
  const lineOf = (path: KeyPath) =>
    lineAt(located.offsetOf(path, path[0] === "identities" ? "key" : "value"));
  return build(outcome as RawConfig, lineOf);
}

function check(located: Located): RawConfig | Problem[] {
  // Before all else: what a newer version knows must not be called unknown.
  const version = versionProblem(located);
  if (version) return [version];
  const parsed = configSchema.safeParse(located.value);
  const complaints = parsed.success
    ? [
        ...valueComplaints(parsed.data),
        ...identityComplaints(parsed.data),
        ...registrationComplaints(parsed.data),
        ...aliasComplaints(parsed.data),
      ]
    : schemaComplaints(parsed.error.issues, located);
  if (complaints.length > 0) return complaints.map((complaint) => problemOf(complaint, located));
  return parsed.data as RawConfig;
}

function problemOf({ path, atKey, what, mend }: Complaint, located: Located): Problem {
  return { code: "CONFIG_INVALID", offset: located.offsetOf(path, atKey ? "key" : "value"), what, mend };
}

function versionProblem(located: Located): Problem | undefined {
  const { value } = located;
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const version = located.valueOf(["version"]);
  if (version === 1) return undefined;
  const offset = located.offsetOf(["version"], "value");
  const problem = (what: string, mend: string): Problem => ({ code: "CONFIG_VERSION", offset, what, mend });
  if (version === undefined) {
    const misspelt = located.offsetOf([], "value");
    return { ...problem("the version is missing", "write version: 1 on its first line"), offset: misspelt };
  }
  if (typeof version === "number" && Number.isSafeInteger(version) && version > 1) {
    return problem(`this program reads version 1, not ${version}`, "update docker-credential-ecr");
  }
  const shown = typeof version === "string" ? ` (${quoted(version)})` : "";
  return problem(`there is no such version${shown}`, "write version: 1");
}

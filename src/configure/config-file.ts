import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { editFile, type FileRules } from "../clients/files/careful-file.ts";
import { type AccountRegistration, addRegistrations } from "../config/add-registrations.ts";
import { readTextToEdit } from "../config/read.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { ownProgram } from "../process/own-program.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import { changedLines } from "./diff.ts";
import type { Proposal } from "./propose.ts";

const rules: FileRules = { makesFolders: true, otherUserFix: "run this as that user" };

/** The path of the JSON Schema of config.yaml, if install.sh installed it. */
export function installedSchema(): string | undefined {
  const path = join(dirname(ownProgram().path), "../share/docker-credential-ecr/config.schema.json");
  return existsSync(path) ? path : undefined;
}

/** @throws Failure CONFIG_WRITE, and what `edit` throws; the file is then unchanged */
export async function editConfigFile(
  file: string,
  edit: (before: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  try {
    await editFile(file, edit, rules, 0o600);
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    throw new Failure("CONFIG_WRITE", `${file} ${error.why}`, error.fix, { cause: error });
  }
}

/** A planned change of config.yaml. */
export interface ConfigPlan {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string;
  readonly registrations: readonly AccountRegistration[];
}

/**
 * Adds registrations to the text of config.yaml. It does not write the file.
 *
 * @param print receives instructions for the user if the file's YAML form is not supported
 * @returns undefined: there is nothing to write
 * @throws Failure as `readTextToEdit`
 */
export async function planRegistrations(
  { registrations, configFile: file }: Pick<Proposal, "registrations" | "configFile">,
  print: (text: string) => void,
): Promise<ConfigPlan | undefined> {
  if (registrations.length === 0) return undefined;
  const before = await readTextToEdit(file);
  const after = addRegistrations(before, registrations, installedSchema());
  if (after !== undefined) return { file, before, after, registrations };
  const entries = describeEntries(registrations);
  print(
    `${file} was not changed, because this program can't edit its YAML form; add the profiles of these accounts to it: ${entries}`,
  );
  return undefined;
}

/** The changed lines for users. */
export function configDifference({ file, before = "", after }: ConfigPlan): string {
  return changedLines(file, before, after);
}

/** @throws Failure CONFIG_WRITE, also if the file has changed since the plan was made */
export async function writeConfig({ file, before, after }: ConfigPlan): Promise<void> {
  await editConfigFile(file, async (now) => {
    if (now === before) return after;
    throw new Failure("CONFIG_WRITE", `${file} was changed meanwhile`, "run the command again");
  });
}

/** "111122223333 (dev), 444455556666 (prod)": each account with its profile. */
export function describeEntries(registrations: readonly AccountRegistration[]): string {
  return registrations
    .map(({ account, profile, identity }) => `${account} (${foreignName(profile ?? identity)})`)
    .join(", ");
}

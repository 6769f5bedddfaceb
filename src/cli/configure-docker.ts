import { resolve } from "node:path";
import { Command } from "commander";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import {
  missingFolders,
  readClientFile,
  removeClientFile,
  replaceClientFile,
} from "../clients/config-file.ts";
import { emptyConfig, mergeReplaced, unwire, wire, withoutSecrets } from "../clients/docker-config.ts";
import { isBlank } from "../clients/json-text.ts";
import { foldersOf, requireHome } from "../config/folders.ts";
import { openQuickFiles } from "../store/open-quick-files.ts";
import { removeState, writeState } from "../store/write.ts";
import { type Environment, fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { readRecord, recordsIn } from "./undo-record.ts";
import { namedIn, type WiringOptions, wiringOf } from "./wiring.ts";

interface Options extends WiringOptions {
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly everywhere?: boolean;
  readonly replace?: boolean;
}

/** `configure-docker`: makes Docker ask this helper, for named registries or for all. */
export function configureDockerCommand(
  env: Environment,
  home: string | undefined,
  print: (text: string) => void,
): Command {
  return new Command("configure-docker")
    .summary("make Docker ask this helper for your registries")
    .description(
      "Writes Docker's config.json ($DOCKER_CONFIG or ~/.docker): named and kept registries go into credHelpers, --all sets credsStore. All else in the file stays as it is.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries")
    .option("--all", "every registry that no other helper is named for")
    .option("--all-kept", "each registry that 'registries' lists, replication targets too")
    .option("--dry-run", "show what would change and change nothing")
    .option("--undo", "take this helper out again and put back what it replaced")
    .option("--everywhere", "with --undo: in every config.json that this helper was put into")
    .option("--replace", "take the place of another helper, or with --all of logins in the file")
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr configure-docker \\
    111122223333.dkr.ecr.us-east-1.amazonaws.com public.ecr.aws
  docker-credential-ecr configure-docker --all --dry-run
  docker-credential-ecr configure-docker --all-kept
  docker-credential-ecr configure-docker --undo`,
    )
    .action((registries: string[], options: Options) => configure(registries, options, env, home, print));
}

async function configure(
  registries: readonly string[],
  options: Options,
  env: Environment,
  home: string | undefined,
  print: (text: string) => void,
): Promise<void> {
  // In full, since the record is named for it: the same relative path means another file elsewhere.
  const path = resolve(env.DOCKER_CONFIG || `${requireHome(home)}/.docker`, "config.json");
  const { state } = foldersOf(env, home, await openQuickFiles());
  const record = `${state}/clients/${fingerprint(path).slice(0, 16)}.json`;
  if (options.everywhere && !options.undo) {
    throw new Failure("USAGE", "--everywhere goes with --undo alone", "give --undo --everywhere");
  }
  if (options.undo) {
    const others = options.everywhere ? await recordsIn(`${state}/clients`) : [];
    const all = [{ path, record }, ...others.filter((other) => other.record !== record)];
    for (const each of all) await undo(each.path, each.record, options.dryRun === true, print);
    return;
  }

  const before = await readClientFile(path);
  const known = await readRecord(record);

  const wiring = await wiringOf(registries, options, env, home, print);
  const edited = wire(before ?? emptyConfig, wiring, options.replace === true);
  if (options.dryRun) return print(difference(path, before ?? "", edited.text));
  if (edited.text === before) return print(`${path}: nothing to change`);
  // The record first: were it lost after the edit, what was replaced would be lost too.
  await writeState(state, record, {
    path,
    was: before === undefined ? null : isBlank(before) ? before : known.was,
    folders: [...(known.folders ?? []), ...(await missingFolders(path))],
    replaced: mergeReplaced(known.replaced, edited.replaced),
  });
  await replaceClientFile(path, edited.text);
  print(`${path}: Docker now asks this helper for ${namedIn(wiring)}`);
}

async function undo(
  path: string,
  record: string,
  dryRun: boolean,
  print: (text: string) => void,
): Promise<void> {
  const before = await readClientFile(path);
  const known = await readRecord(record);
  if (before === undefined) {
    if (!dryRun) await removeState(record);
    return print(`${path}: there is none, nothing to undo`);
  }
  const unwired = unwire(before, known.replaced);
  const isEmpty = !isBlank(unwired) && JSON.stringify(JSON.parse(unwired)) === "{}";
  const after = isEmpty && known.was !== undefined ? known.was : unwired;
  if (dryRun) return print(difference(path, before, after ?? ""));
  if (after === null) await removeClientFile(path, known.folders ?? []);
  else if (after !== before) await replaceClientFile(path, after);
  await removeState(record);
  print(after === before ? `${path}: this helper is not in it` : `${path}: this helper was taken out`);
}

function difference(path: string, before: string, after: string): string {
  if (before === after) return `${path}: nothing to change`;
  // Changed lines alone, and masked: what is shown ends up in tickets and logs.
  return createTwoFilesPatch(path, path, withoutSecrets(before), withoutSecrets(after), "now", "then", {
    headerOptions: FILE_HEADERS_ONLY,
    context: 0,
  }).trimEnd();
}

import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import {
  missingFolders,
  readClientFile,
  removeClientFile,
  replaceClientFile,
} from "../clients/config-file.ts";
import {
  emptyConfig,
  isBlank,
  mergeReplaced,
  type Replaced,
  unwire,
  type Wiring,
  wire,
  withoutSecrets,
} from "../clients/docker-config.ts";
import { foldersOf, requireHome } from "../config/folders.ts";
import { readServerUrl } from "../registry/server-url.ts";
import { inspectFile } from "../store/inspect.ts";
import { openQuickFiles } from "../store/open-quick-files.ts";
import { removeState, writeState } from "../store/write.ts";
import { type Environment, fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

interface Options {
  readonly all?: boolean;
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
      "Writes Docker's config.json ($DOCKER_CONFIG or ~/.docker): named registries go into credHelpers, --all sets credsStore. All else in the file stays as it is.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries")
    .option("--all", "every registry that no other helper is named for")
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

  const edited = wire(before ?? emptyConfig, wiringOf(registries, options), options.replace === true);
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
  print(`${path}: Docker now asks this helper for ${options.all ? "all registries" : registries.join(", ")}`);
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

/** What can be undone, wherever it was done. @throws Failure CLIENT_FILE where that can't be told */
async function recordsIn(folder: string): Promise<readonly { path: string; record: string }[]> {
  const names = await readdir(folder).catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return [];
    throw unreadable(folder, error.code ?? "unknown error");
  });
  const found: { path: string; record: string }[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    const record = `${folder}/${name}`;
    const { path } = await readRecord(record);
    // Passed over, it would be lost with the state folder, and Docker would go on asking a helper that is gone.
    if (path === undefined) throw unreadable(record, "no record of this program's");
    found.push({ path, record });
  }
  return found;
}

function unreadable(path: string, why: string): Failure {
  return new Failure(
    "CLIENT_FILE",
    `${path} can't be read (${why})`,
    "remove it once no config.json of Docker's names this helper any more",
  );
}

function wiringOf(registries: readonly string[], options: Options): Wiring {
  if (options.all && registries.length > 0) {
    throw new Failure("USAGE", "--all and named registries exclude each other", "give one of the two");
  }
  if (options.all) return { kind: "all" };
  if (registries.length === 0) {
    throw new Failure("USAGE", "no registry was named", "name one or more, or give --all");
  }
  return { kind: "hosts", hosts: registries.map(hostOf) };
}

function hostOf(registry: string): string {
  const url = readServerUrl(registry);
  if (url.kind === "ecr") return url.registry.host;
  const why = url.kind === "malformed" ? url.reason : "it is not an Amazon ECR registry";
  throw new Failure(
    "NOT_ECR",
    `${JSON.stringify(registry)} was not wired: ${why}`,
    "give it as ACCOUNT.dkr.ecr.REGION.amazonaws.com",
  );
}

interface UndoRecord {
  /** The config.json that it is about. */
  readonly path?: string;
  /** The whole file before, where it held nothing: its white space; null: there was none. */
  readonly was?: string | null;
  /** Made for it, innermost first. */
  readonly folders?: readonly string[];
  readonly replaced: Replaced;
}

async function readRecord(path: string): Promise<UndoRecord> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return { replaced: {} };
  try {
    const record = JSON.parse(found.text) as UndoRecord;
    return { ...record, replaced: record.replaced ?? {} };
  } catch {
    return { replaced: {} };
  }
}

function difference(path: string, before: string, after: string): string {
  if (before === after) return `${path}: nothing to change`;
  // Changed lines alone, and masked: what is shown ends up in tickets and logs.
  return createTwoFilesPatch(path, path, withoutSecrets(before), withoutSecrets(after), "now", "then", {
    headerOptions: FILE_HEADERS_ONLY,
    context: 0,
  }).trimEnd();
}

import { Command } from "commander";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { readClientFile, removeClientFile, replaceClientFile } from "../clients/config-file.ts";
import {
  emptyConfig,
  mergeReplaced,
  type Replaced,
  unwire,
  type Wiring,
  wire,
} from "../clients/docker-config.ts";
import { foldersOf, requireHome } from "../config/folders.ts";
import { readServerUrl } from "../registry/server-url.ts";
import { inspectFile } from "../store/inspect.ts";
import { removeState, writeState } from "../store/write.ts";
import { type Environment, fingerprint } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

interface Options {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
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
    .option("--replace", "take the place of another helper")
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr configure-docker 111122223333.dkr.ecr.us-east-1.amazonaws.com public.ecr.aws
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
  const path = `${env.DOCKER_CONFIG || `${requireHome(home)}/.docker`}/config.json`;
  const { state } = foldersOf(env, home);
  const record = `${state}/clients/${fingerprint(path).slice(0, 16)}.json`;
  const before = await readClientFile(path);
  const known = await readRecord(record);

  if (options.undo) {
    if (before === undefined) {
      print(`${path}: there is none, nothing to undo`);
      return;
    }
    const after = unwire(before, known.replaced);
    const ownFile = known.created === true && JSON.stringify(JSON.parse(after)) === "{}";
    if (options.dryRun) return print(difference(path, before, ownFile ? "" : after));
    if (ownFile) await removeClientFile(path);
    else if (after !== before) await replaceClientFile(path, after);
    await removeState(record);
    print(after === before ? `${path}: this helper is not in it` : `${path}: this helper was taken out`);
    return;
  }

  const edited = wire(before ?? emptyConfig, wiringOf(registries, options), options.replace === true);
  if (options.dryRun) return print(difference(path, before ?? "", edited.text));
  if (edited.text === before) return print(`${path}: nothing to change`);
  // The record first: were it lost after the edit, what was replaced would be lost too.
  await writeState(state, record, {
    path,
    created: known.created ?? before === undefined,
    replaced: mergeReplaced(known.replaced, edited.replaced),
  });
  await replaceClientFile(path, edited.text);
  print(`${path}: Docker now asks this helper for ${options.all ? "all registries" : registries.join(", ")}`);
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
  /** Whether there was no config.json before. */
  readonly created?: boolean;
  readonly replaced: Replaced;
}

async function readRecord(path: string): Promise<UndoRecord> {
  const found = await inspectFile(path);
  if (found.kind !== "text") return { replaced: {} };
  try {
    const { created, replaced } = JSON.parse(found.text) as UndoRecord;
    return { replaced: replaced ?? {}, ...(created !== undefined && { created }) };
  } catch {
    return { replaced: {} };
  }
}

function difference(path: string, before: string, after: string): string {
  if (before === after) return `${path}: nothing to change`;
  return createTwoFilesPatch(path, path, masked(before), masked(after), "now", "then", {
    headerOptions: FILE_HEADERS_ONLY,
  }).trimEnd();
}

/** Without the logins that may stand beside: what is shown ends up in tickets and logs. */
function masked(text: string): string {
  return text.replace(/("(?:auth|identitytoken|registrytoken|password)"\s*:\s*)"[^"]*"/gi, '$1"…"');
}

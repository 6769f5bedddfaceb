import { fstatSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { editOutput } from "../clients/files/output-file.ts";
import { inSeconds, isNamespaceName, isSecretName, type SecretName } from "../clients/kubernetes/secret.ts";
import { assertPrivateOutput } from "../export/destination.ts";
import { exported, type Format, formats } from "../export/format.ts";
import { tokensToExport } from "../export/tokens.ts";
import { minValidityOf } from "../managed/registry-arguments.ts";
import { createAppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { plural } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";

interface Options {
  readonly format: Format;
  readonly output?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly minValidity?: string;
  readonly showSecrets?: boolean;
}

/** `export`: tokens for programs that can't run a helper. */
export function exportCommand(context: Context): Command {
  return new Command("export")
    .summary("write tokens for programs that can't run a helper")
    .description(
      "Writes the tokens of the named registries, or of all managed ones, which are valid for up to 12 hours; tokens with little time left are renewed first. Exit 1, and nothing is written, if one can't be fetched.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries")
    .addOption(
      new Option("--format <format>", "for Docker and similar clients, or for kubectl")
        .choices(formats)
        .makeOptionMandatory(),
    )
    .option("-o, --output <file>", "write to this file, with mode 0600")
    .option("--name <name>", "the name of the Secret; default: ecr-login")
    .option("--namespace <namespace>", "the namespace of the Secret; default: kubectl's")
    .option("--min-validity <duration>", "such as 30m or 2h; default: minValidity of config.yaml")
    .option("--show-secrets", "print them on a terminal too")
    .addHelpText(
      "after",
      `
Examples:
  docker-credential-ecr export --format kubernetes-secret --namespace ci |
    kubectl apply -f -
  docker-credential-ecr export --format docker-config --output auth.json \\
    111122223333.dkr.ecr.us-east-1.amazonaws.com`,
    )
    .action((registries: string[], options: Options) => exportTokens(registries, options, context));
}

async function exportTokens(named: readonly string[], options: Options, context: Context): Promise<void> {
  const { format } = options;
  // "-" means stdout, as in other programs.
  const output = options.output === "-" ? undefined : options.output;
  const place = secretPlace(options);
  const minValidity = minValidityOf(options.minValidity);
  const isTerminal = process.stdout.isTTY;
  if (output === undefined) {
    assertPrivateOutput({ isTerminal, isShown: options.showSecrets === true }, fstatSync(1));
  }
  const app = await createAppContext(context.env, context.home);
  const tokens = await tokensToExport(named, minValidity, app, context);
  if (!tokens) return context.exitWith(1);
  const until = inSeconds(tokens.firstEndsAt);
  if (output === undefined) {
    if (isTerminal) context.printError(`warning: these are secrets, valid until ${until}`);
    return context.print(exported(format, place, tokens, undefined, "stdout").trimEnd());
  }
  const path = resolve(output);
  await editOutput(path, async (before) => exported(format, place, tokens, before, path));
  context.print(`${output}: tokens for ${plural(tokens.logins.size, "host")}, valid until ${until}`);
}

/** @throws Failure USAGE */
function secretPlace({ format, name, namespace, output }: Options): SecretName {
  if (output === "") throw usageFailure("--output is empty");
  if (format !== "kubernetes-secret" && (name ?? namespace) !== undefined) {
    throw usageFailure("--name and --namespace are for a kubernetes-secret");
  }
  if (name !== undefined && !isSecretName(name))
    throw usageFailure("--name is not a valid name in Kubernetes");
  if (namespace !== undefined && !isNamespaceName(namespace)) {
    throw usageFailure("--namespace is not a valid name in Kubernetes");
  }
  return { name: name ?? "ecr-login", ...(namespace !== undefined && { namespace }) };
}

function usageFailure(what: string): Failure {
  return new Failure("USAGE", what, "see export --help");
}

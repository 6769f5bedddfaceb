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
    .summary("tokens for programs that can't run a helper")
    .description(
      "Tokens of the named registries, or of all that are kept, for up to 12 hours; renewed before where they have little life left. Exit 1, and nothing is written, if one can't be had.",
    )
    .argument("[REGISTRY...]", "host names of ECR registries")
    .addOption(
      new Option("--format <format>", "for Docker and its like, or for kubectl")
        .choices(formats)
        .makeOptionMandatory(),
    )
    .option("-o, --output <file>", "write it there, for this user alone (0600)")
    .option("--name <name>", "of the Secret; default: ecr-login")
    .option("--namespace <namespace>", "of the Secret; default: kubectl's own")
    .option("--min-validity <duration>", "as 30m or 2h; default: minValidity of config.yaml")
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
  const place = placeOf(options);
  const asked = minValidityOf(options.minValidity);
  const isTerminal = process.stdout.isTTY;
  if (output === undefined) {
    assertPrivateOutput({ isTerminal, isShown: options.showSecrets === true }, fstatSync(1));
  }
  const app = await createAppContext(context.env, context.home);
  const tokens = await tokensToExport(named, asked, app, context);
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
function placeOf({ format, name, namespace, output }: Options): SecretName {
  if (output === "") throw unusable("--output names no file");
  if (format !== "kubernetes-secret" && (name ?? namespace) !== undefined) {
    throw unusable("--name and --namespace are for a kubernetes-secret");
  }
  if (name !== undefined && !isSecretName(name)) throw unusable("--name is no name that Kubernetes takes");
  if (namespace !== undefined && !isNamespaceName(namespace)) {
    throw unusable("--namespace is no name that Kubernetes takes");
  }
  return { name: name ?? "ecr-login", ...(namespace !== undefined && { namespace }) };
}

function unusable(what: string): Failure {
  return new Failure("USAGE", what, "see export --help");
}

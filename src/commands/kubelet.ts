import { Command } from "commander";
import { foldersOf } from "../config/folders.ts";
import { readStdin } from "../process/stdin.ts";
import { answerKubelet, type KubeletPorts, klogError } from "../protocol/kubelet.ts";
import { toReply } from "../protocol/reply.ts";
import { createHelperPorts } from "../provider/helper-ports.ts";
import { forServiceAccount } from "../provider/service-account.ts";
import { reopenFolders } from "../store/files/folder.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import type { Context } from "../terminal/command-context.ts";
import { printToStderr } from "../terminal/stderr.ts";
import { Failure } from "../token/failure.ts";

/** Milliseconds for the request on stdin, and for all of it: kubelet's own limit for a plugin is a minute. */
const limits = { stdin: 10_000, whole: 19_000 } as const;

/** `kubelet`: kubelet's image credential provider. */
export function kubeletCommand(context: Context): Command {
  return new Command("kubelet")
    .summary("answer kubelet's image credential provider protocol")
    .description(
      "Reads a CredentialProviderRequest on stdin and prints the response. kubelet runs this; docs/kubernetes.md describes the setup.",
    )
    .addHelpText("after", "\nExample:\n  docker-credential-ecr kubelet <request.json    (prints a secret)")
    .action(() => kubelet(context));
}

async function kubelet(context: Context): Promise<void> {
  const { env, home } = context;
  const files = await openFastFiles();
  const until = performance.now() + limits.whole;
  const folders = foldersOf(env, home, files);
  await reopenFolders(folders.state);
  const ports = createHelperPorts(files, env, home, folders, Date.now, until);
  try {
    const { text, reason } = await answerKubelet(await readRequest(), {
      ...ports,
      forServiceAccount: (registry, identity) => forServiceAccount(registry, identity, context, until),
      defaultRole: env.AWS_ECR_ROLE_ARN || undefined,
      now: Date.now,
    } satisfies KubeletPorts);
    if (reason) logError(reason);
    context.print(text);
    await ports.tidy();
  } catch (error) {
    logError(error);
    context.exitWith(1);
    await ports.tidy();
  }
}

/** kubelet copies the plugin's stderr into its own log. */
function logError(error: unknown): void {
  printToStderr(`${klogError(toReply(error).stdout.trimEnd(), new Date(), process.pid)}\n`);
}

async function readRequest(): Promise<string> {
  const read = await readStdin(limits.stdin);
  if (read?.isWhole) return new TextDecoder().decode(read.bytes);
  const problem = read ? "is longer than 1 MiB" : `has not ended after ${limits.stdin / 1000} seconds`;
  throw new Failure("KUBELET_REQUEST", `the request on stdin ${problem}`, "see which program runs this one");
}

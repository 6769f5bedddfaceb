import { AsyncLocalStorage } from "node:async_hooks";
import { exec } from "node:child_process";
import { externalDataInterceptor } from "@smithy/core/config";
import type { Environment } from "../../token/dependencies.ts";
import { endTree } from "../end-tree.ts";

interface Surroundings {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

type Finished = (error: Error | null, result?: { stdout: string; stderr: string }) => void;

/** By text, since the SDK keeps nothing else of an error of a credential_process. */
export const processFailure = "credential_process failed:";

const surroundings = new AsyncLocalStorage<Surroundings>();

/**
 * Runs `work` so that a `credential_process` that the SDK starts in it ends with the signal, and starts without the
 * variables that would make a Bun program of ours out of another one (BUN_OPTIONS, BUN_BE_BUN).
 *
 * The SDK starts it without a time limit and lets no option through; what it offers is this record, in which it looks
 * for another `exec`.
 */
export function withinProcessLimits<Result>(
  env: Environment,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  externalDataInterceptor.getTokenRecord().exec = execute;
  return surroundings.run({ env, signal }, work);
}

function execute(command: string, finished: Finished): void {
  const { env = process.env, signal } = surroundings.getStore() ?? {};
  const inherited = Object.entries(env).filter(([name]) => !name.startsWith("BUN_"));
  const options = { env: Object.fromEntries(inherited), windowsHide: true };
  const end = () => child.pid !== undefined && endTree(child.pid);
  const child = exec(command, options, (error, stdout, stderr) => {
    signal?.removeEventListener("abort", end);
    // Neither the command nor what it wrote: both may hold secrets.
    if (error) finished(new Error(`${processFailure} ${signal?.aborted ? tooLate : outcome(error)}`));
    else finished(null, { stdout, stderr });
  });
  signal?.addEventListener("abort", end, { once: true });
  // One that reads its stdin must not wait for a word that nobody will say.
  child.stdin?.end();
}

const tooLate = "it did not end in time";

function outcome({ code, signal }: { code?: unknown; signal?: unknown }): string {
  if (typeof code === "number") return `exit code ${code}`;
  return typeof signal === "string" ? `ended by ${signal}` : "it could not be started";
}

import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../eventually.ts";

export interface ServiceOptions {
  /** The working directory, also for its log. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds; default 40,000: a busy machine starts an engine in many seconds. */
  readonly withinMs?: number;
}

export interface Service {
  stop(): void;
}

/** Starts a program that runs until it is stopped, and waits until it is ready. */
export async function startService(
  name: string,
  command: readonly string[],
  { folder, env, isReady, withinMs = 40_000 }: ServiceOptions,
): Promise<Service> {
  const [program = "", ...args] = command;
  const path = Bun.which(program, { PATH: env["PATH"] ?? "" });
  if (path === null) throw new Error(`no ${program} on ${env["PATH"]}`);
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, "w");
  const child = Bun.spawn([path, ...args], {
    cwd: folder,
    env: { ...env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  const logged = () => readFileSync(logFile, "utf8").split("\n").slice(-20).join("\n");
  try {
    const look = async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      return await isReady();
    };
    await eventually(`${name} is ready`, look, withinMs);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${name} did not start; the end of its log:\n${logged()}`, { cause: error });
  }
  // The end of the namespace also ends the service's own processes, so there is no need to wait.
  return { stop: () => child.kill("SIGKILL") };
}

/** Whether an HTTP server responds at a URL. */
export async function answers(
  url: string,
  {
    unix,
    ca,
    headers = {},
  }: { readonly unix?: string; readonly ca?: string; readonly headers?: Record<string, string> } = {},
) {
  try {
    const answer = await fetch(url, {
      headers,
      ...(unix === undefined ? {} : { unix }),
      ...(ca === undefined ? {} : { tls: { ca } }),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

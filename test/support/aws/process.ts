import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type RemoteControls, remoteControls } from "./control.ts";
import type { StandInOptions, Whereabouts } from "./stand-in.ts";

export interface StandInProcess extends Whereabouts {
  readonly pid: number;
  readonly controls: RemoteControls;
  stop(): Promise<void>;
}

/** Starts the stand-in in a separate process, for tests that block their own. It ends with this process. */
export async function startAwsProcess(options: Omit<StandInOptions, "now"> = {}): Promise<StandInProcess> {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the stand-in ended with ${code} before it was ready`)));
  });
  const { pid, ...whereabouts } = JSON.parse(line) as Whereabouts & { pid: number };
  return {
    ...whereabouts,
    pid,
    controls: remoteControls(whereabouts.urls.control),
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

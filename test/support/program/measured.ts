import { fileURLToPath } from "node:url";
import { programPath } from "./program.ts";
import type { User } from "./user.ts";

export interface Measured {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly tookMs: number;
  /** The peak memory. */
  readonly peakBytes: number;
}

/** A `get`, and its measurements. */
export async function measuredGet(user: User, serverUrl: string): Promise<Measured> {
  const script = fileURLToPath(new URL("measure.ts", import.meta.url));
  const child = Bun.spawn([process.execPath, script, programPath(), "get"], {
    stdin: Buffer.from(serverUrl),
    stdout: "pipe",
    env: user.env,
  });
  return JSON.parse(await child.stdout.text());
}

/** The limits of every get, regardless of the server's response: bytes and milliseconds. */
export const mostMemory = 200 * 1024 * 1024;
export const longestGet = 20_000;

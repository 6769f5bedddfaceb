/**
 * The stand-in in a process of its own: `bun main.ts ['OPTIONS AS JSON']`; without an argument, the options are the
 * first line of stdin, if that is a pipe. Prints where it is as one line of JSON. Ends on SIGTERM or SIGINT, when its
 * stdin closes, or when its parent dies.
 */
import { fstatSync } from "node:fs";
import { createInterface } from "node:readline";
import { type StandInOptions, startAws } from "./stand-in.ts";

async function main(): Promise<void> {
  const argument = process.argv[2];
  const stdin = fstatSync(0);
  // A job that a shell puts in the background has /dev/null there, whose end means nothing.
  const isHeld = stdin.isFIFO() || stdin.isSocket();
  const lines = isHeld ? createInterface({ input: process.stdin }) : undefined;
  const firstLine =
    argument === undefined && lines
      ? await new Promise<string>((resolve) => lines.once("line", resolve).once("close", () => resolve("{}")))
      : "{}";
  const options = JSON.parse(argument ?? firstLine) as StandInOptions;
  const { urls, caFile, stop } = await startAws(options);

  let stopping = false;
  const end = async () => {
    if (stopping) return;
    stopping = true;
    await stop();
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  lines?.once("close", end);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end();
  }, 1000);
  console.log(JSON.stringify({ pid: process.pid, urls, caFile }));
}

if (import.meta.main) await main();

import { Failure } from "../token/failure.ts";

/** Whoever sits at the terminal. */
export interface Person {
  /** @returns what was typed; undefined where the terminal was closed instead */
  ask(question: string): Promise<string | undefined>;
}

/** Nobody where input or output is no terminal: a script must not wait for an answer. */
export function personHere(): Person | undefined {
  return process.stdin.isTTY && process.stdout.isTTY ? { ask } : undefined;
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  lines.once("close", () => resolve(undefined));
  lines.question(question, resolve);
  const answer = await promise;
  lines.close();
  if (answer === undefined) process.stdout.write("\n");
  return answer;
}

/** Yes, unless something else was typed; a closed terminal is a no. */
export function isYes(answer: string | undefined, byDefault: boolean): boolean {
  if (answer === undefined) return false;
  const word = answer.trim().toLowerCase();
  return word === "" ? byDefault : word === "y" || word === "yes";
}

/** Where the answer was no. */
export function declined(): Failure {
  return new Failure("DECLINED", "nothing was changed", "run it again, or name registries");
}

/** The user at the terminal. */
export interface Prompt {
  /** @returns what the user typed; undefined if the terminal was closed */
  ask(question: string): Promise<string | undefined>;
}

/** Undefined if stdin or stdout is not a terminal: a script must not wait for an answer. */
export function terminalPrompt(): Prompt | undefined {
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

/** Whether an answer means yes. An empty answer means the default; a closed terminal means no. */
export function isAffirmative(answer: string | undefined, byDefault: boolean): boolean {
  if (answer === undefined) return false;
  const word = answer.trim().toLowerCase();
  return word === "" ? byDefault : word === "y" || word === "yes";
}

/** The user declined, or closed the terminal. This is not an error. */
export class Declined extends Error {
  constructor() {
    super("nothing was changed");
    this.name = "Declined";
  }
}

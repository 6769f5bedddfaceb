import { stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { readBounded } from "../../limits/bounded-file.ts";
import type { Environment, FileDependency } from "../../token/dependencies.ts";

/** What a `credential_process` may answer by, as far as its command and its script show. */
export interface ProcessConditions {
  /** Of environment variables, whether they are set now or not. */
  readonly names: readonly string[];
  /** The program and the files that its command names. */
  readonly files: readonly FileDependency[];
}

/** More are of no command that a person writes. */
const most = { words: 32, names: 64 } as const;

/** Bytes of a script that is searched for variables. */
const largestScript = 64 * 1024;

/**
 * The conditions under which a credential_process may be believed to answer for the same principal: PATH, the
 * variables that begin with AWS_ and those that the command or a script of it names, the program, and the files among
 * its words. Where a word is a path below the working directory, PWD counts too.
 *
 * @param readStamp see the store
 */
export async function processConditions(
  command: string,
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
): Promise<ProcessConditions> {
  const words = command.split(/[\s"'`=;|&()<>]+/, most.words).filter((word) => word !== "");
  const names = new Set([
    "PATH",
    ...Object.keys(env)
      .filter((name) => name.startsWith("AWS_"))
      .sort(),
  ]);
  const files = new Map<string, string>();
  for (const name of variablesIn(command)) names.add(name);
  for (const word of words) {
    const path = await fileOf(word, env, home);
    if (path === undefined) continue;
    files.set(path, readStamp(path));
    if (!isAbsolute(word) && word.includes("/") && !word.startsWith("~/")) names.add("PWD");
    if (!word.includes("/") && path === resolve(word)) names.add("PWD");
    for (const name of await variablesOfScript(path)) names.add(name);
  }
  return {
    names: [...names].slice(0, most.names),
    files: [...files].map(([path, stamp]) => ({ path, stamp })),
  };
}

/** The file that a word stands for: a path, or a program of the PATH. */
async function fileOf(word: string, env: Environment, home: string): Promise<string | undefined> {
  const plain = word.startsWith("~/") ? join(home, word.slice(2)) : word;
  if (plain.includes("/")) return (await isFile(resolve(plain))) ? resolve(plain) : undefined;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && (await isFile(join(folder, plain)))) return join(folder, plain);
  }
  return (await isFile(resolve(plain))) ? resolve(plain) : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Of a text that is small and no binary. */
async function variablesOfScript(path: string): Promise<readonly string[]> {
  const found = await readBounded(path, largestScript);
  if (found.kind !== "bytes" || found.bytes.includes(0)) return [];
  return variablesIn(new TextDecoder().decode(found.bytes));
}

function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w{0,127})/g)].map(([, name = ""]) => name);
}

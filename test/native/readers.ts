import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileFront, warnings } from "../../scripts/native.mjs";
import { foldersOf } from "../../src/config/folders.ts";
import { openFastFiles } from "../../src/store/files/open-fast-files.ts";
import { readCachedCredential } from "../../src/store/tokens/warm-get.ts";

/** The output of a parser of token files; undefined if it delegates to the main program. */
export type Reader = (host: string, env: Readonly<Record<string, string>>) => string | undefined;

export const sanitizers = [
  ...warnings,
  "-g",
  "-O1",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
];

/** Some C compilers have no sanitizers, for example those on musl systems. */
const hasSanitizers = compiles(sanitizers);
export const hasCompiler = compiles(warnings);

export interface NamedReader {
  readonly name: string;
  /** Undefined if this machine can't build it. */
  readonly open: (() => Promise<Reader>) | undefined;
  /** The approximate duration of one run, in milliseconds. */
  readonly cost: number;
}

export const readers: readonly NamedReader[] = [
  { name: "the TypeScript reader", open: typescriptReader, cost: 0.1 },
  { name: "the native front", open: hasCompiler ? () => nativeReader() : undefined, cost: 1 },
  {
    name: "the native front with sanitizers",
    open: hasSanitizers ? () => nativeReader(sanitizers) : undefined,
    cost: 20,
  },
];

async function typescriptReader(): Promise<Reader> {
  const files = await openFastFiles();
  return (host, env) => {
    const { state } = foldersOf(env, env.HOME, files);
    const found = readCachedCredential(files, state, host, env, Date.now());
    if (!found || "sealed" in found) return undefined;
    return `${JSON.stringify({ ServerURL: host, Username: found.username, Secret: found.secret })}\n`;
  };
}

const placed = new Map<string, string>();

/** A native program whose main program only reports that it was called. It is built once for the same flags. */
export function placeFront(flags?: readonly string[]): string {
  const key = flags?.join(" ") ?? "";
  const front = placed.get(key) ?? newFront(flags);
  placed.set(key, front);
  return front;
}

function newFront(flags?: readonly string[]): string {
  const prefix = mkdtempSync(join(tmpdir(), "ecr-front-"));
  process.once("exit", () => rmSync(prefix, { recursive: true, force: true }));
  const front = join(prefix, "bin/docker-credential-ecr");
  const other = join(prefix, "lib/docker-credential-ecr/docker-credential-ecr");
  for (const path of [front, other]) mkdirSync(join(path, ".."), { recursive: true });
  const problem = compileFront(front, flags && { flags });
  if (problem !== undefined) throw new Error(problem);
  writeFileSync(other, "#!/bin/sh\nprintf delegated\n", { mode: 0o755 });
  return front;
}

async function nativeReader(flags?: readonly string[]): Promise<Reader> {
  const front = placeFront(flags);
  return (host, env) => {
    // With a sanitizer, a leak or an overflow ends the program with a message on stderr.
    const { stdout, stderr, status } = spawnSync(front, ["get"], { input: host, env, encoding: "utf8" });
    if (status !== 0 || stderr !== "") throw new Error(`the front ended ${status}: ${stderr}${stdout}`);
    return stdout === "delegated" ? undefined : stdout;
  };
}

function compiles(flags: readonly string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), "ecr-cc-"));
  try {
    const source = join(folder, "empty.c");
    writeFileSync(source, "int main(void) { return 0; }\n");
    return compileFront(join(folder, "empty"), { flags, sources: [source] }) === undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

const driver = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * What a real shell offers where Tab is pressed at the end of a line: words in order of the alphabet.
 *
 * @param folder to write the script to
 * @param env what the shell starts the program with; needs a PATH
 */
export function offers(
  shell: Shell,
  folder: string,
  script: string,
  line: string,
  env: Readonly<Record<string, string>>,
): string[] {
  const [program = ""] = line.split(" ");
  const file = join(folder, shell === "zsh" ? `_${program}` : `completion.${shell}`);
  writeFileSync(file, script);
  // As bash splits it.
  const inBash = line.split(/ |(?<==)|(?==)/);
  const commands: Record<Shell, string[]> = {
    bash: ["bash", "--norc", driver("bash.sh"), file, ...inBash],
    zsh: ["zsh", "-f", driver("zsh.zsh"), folder, line],
    fish: ["fish", "--no-config", "-c", `source '${file}'; complete -C $argv[1]`, line],
  };
  const child = Bun.spawnSync(commands[shell], {
    env: { HOME: folder, TERM: "dumb", ...env },
    stdin: "ignore",
    timeout: 20_000,
    cwd: folder,
  });
  const [stdout, stderr] = [child.stdout.toString(), child.stderr.toString()];
  assert.equal(child.exitCode, 0, stdout + stderr);
  assert.equal(stderr, "");
  const words = stdout.split("\n").map((each) => each.split("\t")[0] ?? "");
  return [...new Set(words)].filter((each) => each !== "").toSorted();
}

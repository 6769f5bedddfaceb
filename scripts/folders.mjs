// Checks src/ against the table of folders in docs/architecture.md: which folder imports which, from top to bottom; and
// against two size limits. The linter checks for circular imports. Part of "npm run check".
// Usage: node scripts/folders.mjs
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const largestFile = 250;
/** The largest share of all lines, for a folder with its subfolders. */
const largestShare = 0.15;

const imported = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)"(\.{1,2}\/[^"]+\.ts)"/g;

/**
 * @param document docs/architecture.md
 * @returns for each folder, from top to bottom, the folders that it may import
 */
export function foldersIn(document) {
  const rows = document.matchAll(/^\| `([a-z/]+)\/` \| [^|]* \| ([^|]*) \|$/gm);
  return new Map([...rows].map(([, folder, names]) => [folder, names.match(/[a-z/]+(?=`)/g) ?? []]));
}

/**
 * @param folders as `foldersIn` returns them
 * @param files the text of each file by its path below src/
 * @returns the problems, one line each
 */
export function problemsOf(folders, files) {
  const order = [...folders.keys()];
  const problems = [];
  const used = new Set();
  const lines = new Map();
  let total = 0;
  for (const [path, text] of files) {
    const count = text.split("\n").length - 1;
    total += count;
    if (count > largestFile) problems.push(`${path} has ${count} lines, more than ${largestFile}: split it`);
    // src/main.ts belongs to no folder and is above all others.
    const folder = dirname(path);
    if (folder === ".") continue;
    const [top] = folder.split("/");
    lines.set(top, (lines.get(top) ?? 0) + count);
    const allowed = folders.get(folder);
    if (!allowed) {
      problems.push(`${path}: the folder has no row in docs/architecture.md`);
      continue;
    }
    for (const [, specifier] of text.matchAll(imported)) {
      const target = dirname(join(folder, specifier));
      if (target === folder) continue;
      used.add(`${folder} ${target}`);
      if (!allowed.includes(target)) {
        problems.push(
          `${path} imports ${specifier}, but docs/architecture.md does not let ${folder} import ${target}`,
        );
      } else if (order.indexOf(target) <= order.indexOf(folder)) {
        problems.push(`${path} imports ${specifier}, which is not below ${folder} in docs/architecture.md`);
      }
    }
  }
  for (const [folder, allowed] of folders) {
    for (const name of allowed) {
      if (used.has(`${folder} ${name}`)) continue;
      problems.push(`docs/architecture.md lets ${folder} import ${name}, which it does not`);
    }
  }
  for (const [top, count] of lines) {
    if (count <= total * largestShare) continue;
    problems.push(
      `${top} holds ${Math.round((100 * count) / total)} % of all lines, more than ${100 * largestShare} %`,
    );
  }
  return problems;
}

function sourcesBelow(root) {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  return new Map(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(root, path), readFileSync(path, "utf8")];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const folders = foldersIn(readFileSync(join(root, "docs/architecture.md"), "utf8"));
  const problems = problemsOf(folders, sourcesBelow(join(root, "src")));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

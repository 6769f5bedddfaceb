import { tmpdir } from "node:os";
import { run } from "./run.ts";

/** The programs that a release runs, and their Debian packages. */
const tools = new Map([
  ["tar", "tar"],
  ["xz", "xz-utils"],
  ["git", "git"],
  ["npm", "npm"],
]);

const packers = new Map([
  ["dpkg-deb", "dpkg"],
  ["rpmbuild", "rpm"],
]);

/** @throws naming the Debian packages that are missing */
export function mustHaveTools({ signs, packs }: { signs: boolean; packs: boolean }): void {
  const signers = [["minisign", "minisign"] as const];
  const needed = [...tools, ...(packs ? packers : []), ...(signs ? signers : [])];
  const missing = needed.filter(([program]) => Bun.which(program) === null).map(([, name]) => name);
  try {
    run(["/usr/bin/python3", "-c", "import ensurepip, venv"]);
  } catch {
    missing.push("python3-venv");
  }
  if (packs && /\s/.test(tmpdir()))
    throw new Error("set TMPDIR to a path without blanks: rpmbuild takes no other");
  if (missing.length > 0) throw new Error(`install these Debian packages first: ${missing.join(" ")}`);
}

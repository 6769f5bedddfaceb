import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../../dist", import.meta.url));
const name = "docker-credential-ecr";
let copy: string | undefined;

/** Whether it was built with the native program, which requires a C compiler. */
export const hasFront = existsSync(join(dist, "lib"));

/** The compiled TypeScript program, without the native program. */
export function programAlone(): string {
  const folder = dirname(dirname(programPath()));
  return join(folder, hasFront ? "lib/docker-credential-ecr" : "bin", name);
}

/**
 * The compiled program as install.sh installs it below a prefix. It is copied once, so that a concurrent build does not
 * affect the tests; the copy is removed with this process.
 *
 * @throws if it was not built
 */
export function programPath(): string {
  if (copy !== undefined) return copy;
  if (!existsSync(join(dist, "bin", name)))
    throw new Error(`${dist}/bin is missing: run 'npm run build' first`);
  const folder = mkdtempSync(join(tmpdir(), "ecr-program-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const part of hasFront ? ["lib", "bin"] : ["bin"]) {
    cpSync(join(dist, part), join(folder, part), { recursive: true });
  }
  copy = join(folder, "bin", name);
  return copy;
}

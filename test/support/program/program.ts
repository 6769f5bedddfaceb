import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../../dist/docker-credential-ecr", import.meta.url));
let copy: string | undefined;

/**
 * The compiled program, copied once so that a build meanwhile does no harm; the copy goes with this process.
 *
 * @throws where it was not built
 */
export function programPath(): string {
  if (copy !== undefined) return copy;
  if (!existsSync(built)) throw new Error(`${built} is missing: run 'npm run build' first`);
  const folder = mkdtempSync(join(tmpdir(), "ecr-program-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  copy = join(folder, "docker-credential-ecr");
  copyFileSync(built, copy);
  chmodSync(copy, 0o755);
  return copy;
}

import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "../../clients/config-file.ts";
import { isDiskFull } from "../../clients/disk-full.ts";
import { printable } from "../../config/problem.ts";
import { Failure } from "../../token/failure.ts";

/**
 * Puts metrics into a file, whole or not at all. Others may read it: node_exporter is another user, and nothing in it
 * is secret.
 *
 * @throws Failure METRICS_WRITE; the old file is then as it was
 */
export async function writeMetrics(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const found = await stat(target).catch(() => undefined);
    // As /dev/stdout, which a new file would take the place of.
    if (found && !found.isFile()) throw Object.assign(new Error("no file"), { code: "no plain file" });
    await writeWhole(target, text, (file) => file.chmod(0o644));
  } catch (error) {
    const code = (error as { code?: string }).code ?? "unknown error";
    const what = `the metrics can't be written to ${printable(path)} (${code})`;
    const folder = printable(dirname(path));
    const mend = isDiskFull(code)
      ? `free some room on the disk of ${folder}`
      : `see that ${folder} is there and that this user may write into it`;
    throw new Failure("METRICS_WRITE", what, mend, { cause: error });
  }
}

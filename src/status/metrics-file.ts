import { resolve } from "node:path";
import { editFile, type FileRules } from "../clients/files/careful-file.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";

const rules: FileRules = { allowsSharedFolder: true, otherUserFix: "run this as that user" };

/**
 * Puts metrics into a file, whole or not at all. Others may read it: node_exporter is another user, and nothing in it
 * is secret.
 *
 * @throws Failure METRICS_WRITE; the old file is then as it was
 */
export async function writeMetrics(path: string, text: string): Promise<void> {
  try {
    await editFile(resolve(path), async () => text, rules, 0o644);
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    const what = `the metrics file ${printable(path)} ${error.why}`;
    throw new Failure("METRICS_WRITE", what, error.fix, { cause: error });
  }
}

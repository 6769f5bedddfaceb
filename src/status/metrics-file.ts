import { resolve } from "node:path";
import { editFile, type FileRules } from "../clients/files/careful-file.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";

const rules: FileRules = { allowsSharedFolder: true, otherUserFix: "run this as that user" };

/**
 * Writes metrics to a file, completely or not at all. Other users can read it: node_exporter runs as another user, and
 * the metrics contain no secrets.
 *
 * @throws Failure METRICS_WRITE; the old file is then unchanged
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

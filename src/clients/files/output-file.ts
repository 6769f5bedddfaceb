import { dirname } from "node:path";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { Failure } from "../../token/failure.ts";
import { printable } from "../../token/printable.ts";
import { editFile, type FileRules } from "./careful-file.ts";

const rules: FileRules = { otherUserFix: "run the daemon as that user" };

/**
 * Edits a file that holds tokens for a program which can't run a helper. It becomes 0600; where the edit changes
 * nothing it is not touched. Links are followed; no folder is made.
 *
 * @param edit the whole text to another, or to undefined: no file. Asked again where another program has written the
 *   file meanwhile
 * @throws Failure OUTPUT_FOLDER, OUTPUT_UNSAFE, OUTPUT_FILE, and what `edit` throws; the file is then as it was
 */
export async function editOutput(
  path: string,
  edit: (text: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  try {
    await editFile(path, edit, rules, 0o600);
  } catch (error) {
    throw error instanceof FileRefusal ? failure(path, error) : error;
  }
}

function failure(path: string, { kind, why, fix, cause }: FileRefusal): Failure {
  const name = `output ${printable(path)}`;
  const options = cause === undefined ? {} : { cause };
  switch (kind) {
    case "folder":
      return new Failure("OUTPUT_FOLDER", `${name} ${why}`, fix, options);
    case "unsafe":
      return new Failure("OUTPUT_UNSAFE", `${name} ${why}`, fix, options);
    case "file":
      return new Failure("OUTPUT_FILE", `${name} ${why}`, withUnitHint(fix, cause), options);
    case "changed": {
      const what = `${name} is written by another program again and again`;
      return new Failure("OUTPUT_FILE", what, `see what writes into ${printable(dirname(path))}`, options);
    }
  }
}

/** A service sees other rights than the user's shell does. */
function withUnitHint(fix: string, cause: unknown): string {
  const { code = "" } = (cause ?? {}) as { code?: string };
  if (!["EROFS", "EACCES", "EPERM"].includes(code)) return fix;
  return `${fix}; a systemd unit must also name its folder in ReadWritePaths=`;
}

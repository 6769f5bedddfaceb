import { dirname } from "node:path";
import { FileRefusal } from "../../ownership/file-refusal.ts";
import { Failure } from "../../token/failure.ts";
import { printable } from "../../token/printable.ts";
import { editFile, type FileRules } from "./careful-file.ts";

const rules: FileRules = { otherUserFix: "run the daemon as that user" };

/**
 * Edits a file with tokens for a program that can't run a helper. It gets mode 0600; if the edit changes nothing, its
 * content is not written. Follows links; creates no folder.
 *
 * @param edit returns the new text, or undefined to remove the file. Called again if another program has written the file
 *   meanwhile
 * @throws Failure OUTPUT_FOLDER, OUTPUT_UNSAFE, OUTPUT_FILE, and what `edit` throws; the file is then unchanged
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
      const what = `${name} is repeatedly written by another program`;
      return new Failure(
        "OUTPUT_FILE",
        what,
        `check which program writes to ${printable(dirname(path))}`,
        options,
      );
    }
  }
}

/** A service has other permissions than the user's shell. */
function withUnitHint(fix: string, cause: unknown): string {
  const { code = "" } = (cause ?? {}) as { code?: string };
  if (!["EROFS", "EACCES", "EPERM"].includes(code)) return fix;
  return `${fix}; a systemd unit must also name its folder in ReadWritePaths=`;
}

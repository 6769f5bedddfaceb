import { inspectFile } from "../files/inspect.ts";
import { atRestPath } from "../files/paths.ts";
import { writeState } from "../files/write.ts";

/** Whether the secrets in token files are in plain text, or encrypted with a key that the keychain stores. */
export type AtRest = "file" | "keychain";

/**
 * The setting of config.yaml when it was last read. Every writer of token files follows it, even while the config can't
 * be read. `isSettled`: all existing files have been converted.
 */
export interface AtRestMark {
  readonly format: 1;
  readonly store: AtRest;
  readonly isSettled: boolean;
}

/** Without a mark of this version, all files count as plain text. */
export async function readAtRest(state: string): Promise<AtRestMark> {
  const file = await inspectFile(atRestPath(state));
  const mark = file.kind === "text" ? parseMark(file.text) : undefined;
  return mark ?? { format: 1, store: "file", isSettled: file.kind === "absent" };
}

/** @throws Failure STATE_FOLDER, STATE_WRITE */
export function writeAtRest(state: string, store: AtRest, isSettled: boolean): Promise<void> {
  return writeState(state, atRestPath(state), { format: 1, store, isSettled });
}

function parseMark(text: string): AtRestMark | undefined {
  try {
    const mark = JSON.parse(text);
    const isValid = mark?.format === 1 && (mark.store === "file" || mark.store === "keychain");
    return isValid && typeof mark.isSettled === "boolean" ? mark : undefined;
  } catch {
    return undefined;
  }
}

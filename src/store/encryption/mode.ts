import { inspectFile } from "../files/inspect.ts";
import { atRestPath } from "../files/paths.ts";
import { writeState } from "../files/write.ts";

/** Whether the secrets in token files lie in plain, or encrypted with a key that the keychain holds. */
export type AtRest = "file" | "keychain";

/**
 * What config.yaml said when it was read last: whoever writes a token file goes by it, whether or not the config can
 * be read just now. `isSettled`: all that lies there is so too.
 */
export interface AtRestMark {
  readonly format: 1;
  readonly store: AtRest;
  readonly isSettled: boolean;
}

/** Without one that this version wrote all is in plain, as far as anybody knows. */
export async function readAtRest(state: string): Promise<AtRestMark> {
  const found = await inspectFile(atRestPath(state));
  const mark = found.kind === "text" ? parseMark(found.text) : undefined;
  return mark ?? { format: 1, store: "file", isSettled: found.kind === "absent" };
}

/** @throws Failure STATE_FOLDER, STATE_WRITE */
export function writeAtRest(state: string, store: AtRest, isSettled: boolean): Promise<void> {
  return writeState(state, atRestPath(state), { format: 1, store, isSettled });
}

function parseMark(text: string): AtRestMark | undefined {
  try {
    const mark = JSON.parse(text);
    const isOurs = mark?.format === 1 && (mark.store === "file" || mark.store === "keychain");
    return isOurs && typeof mark.isSettled === "boolean" ? mark : undefined;
  } catch {
    return undefined;
  }
}

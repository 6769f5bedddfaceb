import { cutForeign, oneLine, withoutControls } from "./printable.ts";
import { redact } from "./redact.ts";

/**
 * A text from outside (an answer, a program's output, a file) in a form that errors, logs and screens can show: its
 * beginning, on one line, without secrets and without characters that move the cursor or change the text direction.
 */
export function foreignText(text: string): string {
  return oneLine(redact(withoutControls(cutForeign(text))));
}

/** The name and message of an error in the same form. */
export function foreignError(error: unknown): string {
  return foreignText(
    error instanceof Error
      ? `${cutForeign(error.name)}: ${cutForeign(error.message)}`
      : cutForeign(String(error)),
  );
}

/** The limits for names in a message. A file of another program may contain any number of names of any length. */
const mostNamed = 10;
const longestName = 200;

/** A name from a file of another program, for a message. */
export function foreignName(name: string): string {
  return foreignText(name.length > longestName ? `${name.slice(0, longestName)}…` : name);
}

/** The first names of a list for a message, with the number of the other ones. */
export function foreignNames(names: readonly string[], separator = ", "): string {
  const shown = names.slice(0, mostNamed).map(foreignName);
  const others = names.length - shown.length;
  return shown.join(separator) + (others > 0 ? ` and ${others} more` : "");
}

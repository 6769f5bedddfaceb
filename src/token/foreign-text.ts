import { cutForeign, oneLine, withoutControls } from "./printable.ts";
import { redact } from "./redact.ts";

/**
 * A text from outside (an answer, a program's output, a file) as an error, a log or a screen may show it: its start, on
 * one line, without secrets and without characters that move a cursor or change the direction of reading.
 */
export function foreignText(text: string): string {
  return oneLine(redact(withoutControls(cutForeign(text))));
}

/** What was thrown, by name and message, in the same form. */
export function foreignError(error: unknown): string {
  return foreignText(
    error instanceof Error
      ? `${cutForeign(error.name)}: ${cutForeign(error.message)}`
      : cutForeign(String(error)),
  );
}

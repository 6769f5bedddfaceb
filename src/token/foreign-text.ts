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

/** The answer does not have the documented form. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

/** The answer is not what the service answers. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

/** A source returned keys that a header can't contain, such as a session token with a line end. */
export class UnsendableKeys extends Error {
  override readonly name = "UnsendableKeys";

  constructor(readonly part: "access key ID" | "session token") {
    super(`the ${part} can't be sent`);
  }
}

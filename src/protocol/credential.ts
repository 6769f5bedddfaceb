import { Failure } from "../token/failure.ts";

/** The input of `store`. */
export interface Credential {
  /** Without surrounding spaces. */
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

/** @throws Failure BAD_CREDENTIAL */
export function parseCredential(input: string): Credential {
  try {
    const { ServerURL = "", Username = "", Secret = "" } = JSON.parse(input);
    if ([ServerURL, Username, Secret].every((field) => typeof field === "string")) {
      return { ServerURL: ServerURL.trim(), Username, Secret };
    }
  } catch {
    // Neither the text nor the parser's message, which quotes it, may become part of an error: it contains a secret.
  }
  throw new Failure(
    "BAD_CREDENTIAL",
    "what was to be stored is not a credential",
    'send JSON with the strings "ServerURL", "Username" and "Secret" on stdin',
  );
}

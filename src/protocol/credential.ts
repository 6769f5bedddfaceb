import { ifReadable, stringOf } from "../clients/json/go-fields.ts";
import { parseJson } from "../clients/json/syntax.ts";
import { Failure } from "../token/failure.ts";
import { trimSpace } from "./server-input.ts";

/** The input of `store`. */
export interface Credential {
  /** Without surrounding white space. */
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

/**
 * Reads the input of `store` as Docker's own helpers do. They decode the first JSON value with Go's encoding/json, which
 * ignores the case of keys, uses the last of duplicate keys, and treats null as absent. Text after the value is ignored.
 *
 * @throws Failure BAD_CREDENTIAL
 */
export function parseCredential(input: string): Credential {
  const { root } = parseJson(input);
  if (root?.type === "null") return { ServerURL: "", Username: "", Secret: "" };
  const credential =
    root?.type === "object"
      ? ifReadable(() => {
          const read = (name: string) => stringOf(input, root, name).value;
          return {
            ServerURL: trimSpace(read("ServerURL")),
            Username: read("Username"),
            Secret: read("Secret"),
          };
        })
      : undefined;
  if (credential) return credential;
  // Neither the text nor the parser's message, which quotes it, may become part of an error: it contains a secret.
  throw new Failure(
    "BAD_CREDENTIAL",
    "the input of store is not a credential",
    'send JSON with the strings "ServerURL", "Username" and "Secret" on stdin',
  );
}

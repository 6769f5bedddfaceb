/**
 * Texts that clients compare byte for byte. Source: docker/docker-credential-helpers, credentials/error.go and
 * credentials.go. The program's own messages must not contain any of them.
 */
export const protocolText = {
  /**
   * "No credential is stored": docker, oras and Helm compare all of stdout, trimmed; docker-py and Jib search stdout
   * for it. They then continue without credentials.
   */
  notFound: "credentials not found in native keychain",
  /** The Go client compares it with the trimmed text. */
  noServerUrl: "no credentials server URL",
  /** The Go client compares it with the trimmed text. */
  noUsername: "no credentials username",
} as const;

export const helperActions = ["get", "store", "erase", "list", "version"] as const;
export type HelperAction = (typeof helperActions)[number];

export function isHelperAction(word: string | undefined): word is HelperAction {
  return helperActions.some((action) => action === word);
}

/** The argument by which the native front reports how many milliseconds a `get` has already taken: native/deadline.c. */
const waitedArgument = "--waited=";

/** The milliseconds that a `get` has already taken; undefined if the arguments are not those of a request. */
export function waitedTime([action, waited, ...more]: readonly string[]): number | undefined {
  if (!isHelperAction(action) || more.length > 0) return undefined;
  if (waited === undefined) return 0;
  const isTime = action === "get" && /^--waited=\d{1,9}$/.test(waited);
  return isTime ? Number(waited.slice(waitedArgument.length)) : undefined;
}

export function usage(name: string): string {
  return `Usage: ${name} <store|get|erase|list|version>`;
}

export function unknownAction(name: string, word: string): string {
  return `${name}: unknown action: ${word}`;
}

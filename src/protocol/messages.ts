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

export function usage(name: string): string {
  return `Usage: ${name} <store|get|erase|list|version>`;
}

export function unknownAction(name: string, word: string): string {
  return `${name}: unknown action: ${word}`;
}

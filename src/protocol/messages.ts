/**
 * What clients compare byte for byte. Source: docker/docker-credential-helpers, credentials/error.go and
 * credentials.go. The program's own messages must not contain any of these.
 */
export const wire = {
  /**
   * "Nothing is held": docker, oras and Helm compare the trimmed whole of stdout; docker-py and Jib look
   * for it anywhere in stdout. It makes them go on without credentials.
   */
  notFound: "credentials not found in native keychain",
  /** Trimmed equality in the Go client. */
  noServerUrl: "no credentials server URL",
  /** Trimmed equality in the Go client. */
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

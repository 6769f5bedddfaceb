export function foldersIn(document: string): Map<string, string[]>;
export function problemsOf(
  folders: ReadonlyMap<string, readonly string[]>,
  files: ReadonlyMap<string, string>,
): string[];

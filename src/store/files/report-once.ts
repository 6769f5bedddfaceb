/** Reports a file that was ignored; without a path, the line is not about a single file. */
export type FileReporter = (line: string, path?: string) => void;

/**
 * For a process that reads the same files repeatedly: reports each file once, and again after it has changed.
 *
 * @param stamp see `stampOf`
 */
export function reportOncePerFile(
  tell: (line: string) => void,
  stamp: (path: string) => string,
): FileReporter {
  const told = new Map<string, string>();
  return (line, path) => {
    if (path === undefined) return tell(line);
    const found = stamp(path);
    if (told.get(path) === found) return;
    told.set(path, found);
    tell(line);
  };
}

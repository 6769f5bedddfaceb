/** Who is told of a file that was left aside, or without a path of what concerns no single one. */
export type ReportFile = (line: string, path?: string) => void;

/**
 * For a process that looks at the same files again and again: tells of each once, and again when it has changed.
 *
 * @param stamp see `stampOf`
 */
export function oncePerFile(tell: (line: string) => void, stamp: (path: string) => string): ReportFile {
  const told = new Map<string, string>();
  return (line, path) => {
    if (path === undefined) return tell(line);
    const found = stamp(path);
    if (told.get(path) === found) return;
    told.set(path, found);
    tell(line);
  };
}

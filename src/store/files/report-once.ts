/** Reports a file that was ignored; without a path, the line is not about a single file. */
export type FileReporter = (line: string, path?: string) => void;

/**
 * For a process that reads the same files repeatedly: reports each file once, and again after it has changed.
 *
 * @param stamp see `stampOf`
 */
export function reportOncePerFile(
  report: (line: string) => void,
  stamp: (path: string) => string,
): FileReporter {
  const reportedStamps = new Map<string, string>();
  return (line, path) => {
    if (path === undefined) return report(line);
    const current = stamp(path);
    if (reportedStamps.get(path) === current) return;
    reportedStamps.set(path, current);
    report(line);
  };
}

import { chmodSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives each test of a describe block its own folder, and removes it afterwards. */
export function useTempFolder(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ecr-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** The permission bits in octal. */
export function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8).padStart(4, "0");
}

/** Writes a file with exactly this mode, regardless of the umask. */
export function writeWithMode(path: string, text: string, mode: number): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** Runs `body` under a umask. */
export async function underUmask<Result>(mask: number, body: () => Promise<Result>): Promise<Result> {
  const before = process.umask(mask);
  try {
    return await body();
  } finally {
    process.umask(before);
  }
}

/** Only root can change the owner of a file; for other users the test is skipped. */
export const itAsRoot = process.geteuid?.() === 0 ? it : it.skip;

/** The id of a user who does not run the tests. */
export const otherUserId = 12_345;

/**
 * Waits until the file system's clock has advanced since `path` was changed: edits within one tick, a few milliseconds,
 * have the same time.
 */
export function nextTick(path: string): void {
  const probe = `${path}.probe`;
  do writeFileSync(probe, "");
  while (lstatSync(probe).ctimeMs <= lstatSync(path).ctimeMs);
  rmSync(probe);
}

import { type BoundedBytes, defaultLimit, readAtMost } from "../limits/bounded-stream.ts";
import { Failure } from "../token/failure.ts";

/**
 * Reads the rest of stdin, at most 1 MiB.
 *
 * @param longest milliseconds
 * @returns undefined if it does not end in that time
 * @throws Failure STDIN_READ if it can't be read, such as a folder or a descriptor for writing
 */
export async function readStdin(longest: number): Promise<BoundedBytes | undefined> {
  try {
    return await Promise.race([readAtMost(Bun.stdin.stream(), defaultLimit), after(longest)]);
  } catch (cause) {
    const { code = "unknown error" } = cause as { code?: string };
    const fix = "check what the program that starts this one passes as stdin";
    throw new Failure("STDIN_READ", `stdin can't be read (${code})`, fix, { cause });
  }
}

/** Reads the rest of stdin, after which the server URL is complete. @throws Failure STDIN_READ, also if it does not end in that time */
export async function readRest(longest: number): Promise<Uint8Array> {
  const rest = longest > 0 ? await readStdin(longest) : undefined;
  if (rest) return rest.bytes;
  throw new Failure("STDIN_READ", "stdin did not end within 19 s", "close it after the registry's host name");
}

function after(longest: number): Promise<undefined> {
  return new Promise((resolve) => {
    if (longest < Number.POSITIVE_INFINITY) setTimeout(resolve, longest);
  });
}

import { type BoundedBytes, readAtMost, usualLimit } from "../limits/bounded-stream.ts";
import { Failure } from "../token/failure.ts";

/** What is still to come on stdin, 1 MiB at most. @param longest milliseconds. @returns undefined if it does not end in that time */
export function readStdin(longest: number): Promise<BoundedBytes | undefined> {
  return Promise.race([readAtMost(Bun.stdin.stream(), usualLimit), after(longest)]);
}

/** The same for a server URL. @throws Failure STDIN_READ where it does not end in that time */
export async function readRest(longest: number): Promise<Uint8Array> {
  const rest = longest > 0 ? await readStdin(longest) : undefined;
  if (rest) return rest.bytes;
  throw new Failure("STDIN_READ", "stdin did not end within 19 s", "close it after the registry's host name");
}

function after(longest: number): Promise<undefined> {
  return new Promise((end) => {
    if (longest < Number.POSITIVE_INFINITY) setTimeout(end, longest);
  });
}

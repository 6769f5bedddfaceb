import { type BoundedBytes, defaultLimit, readAtMost } from "../limits/bounded-stream.ts";
import { Failure } from "../token/failure.ts";

/** Reads the rest of stdin, at most 1 MiB. @param longest milliseconds. @returns undefined if it does not end in that time */
export function readStdin(longest: number): Promise<BoundedBytes | undefined> {
  return Promise.race([readAtMost(Bun.stdin.stream(), defaultLimit), after(longest)]);
}

/** Reads the rest of stdin, after which the server URL is complete. @throws Failure STDIN_READ if it does not end in that time */
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

import { readAtMost, usualLimit } from "../limits/bounded-stream.ts";
import { Failure } from "../token/failure.ts";

/** What is still to come on stdin. @param longest milliseconds. @throws Failure STDIN_READ where it does not end in that time */
export async function readRest(longest: number): Promise<Uint8Array> {
  const rest =
    longest > 0
      ? await Promise.race([readAtMost(Bun.stdin.stream(), usualLimit), after(longest)])
      : undefined;
  if (rest) return rest.bytes;
  throw new Failure("STDIN_READ", "stdin did not end within 19 s", "close it after the registry's host name");
}

function after(longest: number): Promise<undefined> {
  return new Promise((end) => {
    if (longest < Number.POSITIVE_INFINITY) setTimeout(end, longest);
  });
}

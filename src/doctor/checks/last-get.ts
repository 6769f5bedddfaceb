import { type FailedGet, readFailedGets } from "../../store/state/failed-gets.ts";
import { readableDuration } from "../../terminal/words.ts";
import { Failure } from "../../token/failure.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, failedBy, ok } from "./finding.ts";

/** Why the last `get` failed: some clients hide it, and it may have used another identity than doctor. */
export const lastGet: RegistryDiagnostic = {
  name: "last-get",
  scope: "registry",
  needs: ["registry-name", "config"],
  look: async (checkRun) => {
    const { host, machine, token } = checkRun;
    const { folders, store, now } = machine;
    const failed = (await readFailedGets(folders.state, now())).find((one) => one.host === host);
    const issuedAt = (await store.readRegistry(host))?.life.issuedAt;
    const isOver = failed !== undefined && (issuedAt ?? 0) > failed.at;
    if (!failed || isOver) {
      const since = issuedAt === undefined ? "" : " since the last token was fetched";
      return ok(`none has failed${since}`);
    }
    return judgeLastGet(failed, (await checkRun.registration()).identity, token !== undefined, now());
  },
};

/**
 * @param identity the identity that doctor uses
 * @param works whether AWS has just returned a token for that identity
 */
export function judgeLastGet(failed: FailedGet, identity: string, works: boolean, now: number): Finding {
  const ago = readableDuration(now - failed.at);
  if (works && failed.identity === identity) {
    return ok(`one failed ${ago} ago [${failed.code}]; with the same identity AWS returns a token now`);
  }
  const { what, fix, code } = failed;
  // The former fix alone would send a user who has changed the identity since back to the former one.
  const nextStep = works
    ? `${fix}; if clients now use ${identity}, which works, run: docker-credential-ecr refresh --force ${failed.host}`
    : fix;
  return failedBy(Failure.from({ code, what: `a get failed ${ago} ago: ${what}`, fix: nextStep }));
}

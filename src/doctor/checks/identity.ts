import { type Caller, callerIdentity } from "../../aws/calls/caller-identity.ts";
import { fetchToken } from "../../aws/calls/fetch-token.ts";
import type { Registry } from "../../registry/registry.ts";
import { readableDuration } from "../../terminal/words.ts";
import { Failure } from "../../token/failure.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, ok, skipped } from "./finding.ts";

/** Milliseconds: sources of credentials may be slow, and calls to AWS are tried three times. */
const awsLimit = 20_000;

/** The identity, as STS reports it. */
export const identity: RegistryDiagnostic = {
  name: "identity",
  scope: "registry",
  needs: ["registry-name", "config", "api"],
  limit: awsLimit,
  look: async (checkRun, signal) => {
    try {
      const caller = await callerIdentity(await checkRun.request(signal));
      return judgeCaller(caller, (await checkRun.registration()).identity, checkRun.registry);
    } catch (error) {
      if (isAnonymous(error, checkRun.registry)) return skipped(anonymousReason);
      throw error;
    }
  },
};

const anonymousReason = "there are no AWS credentials: public images are pulled anonymously";

/** @param who the identity as shown to users */
function judgeCaller(caller: Caller, who: string, registry: Registry): Finding {
  if (caller.kind === "unasked") return skipped(`STS can't be called: ${caller.failure.message}`);
  const isForeign = registry.kind === "private" && registry.account !== caller.account;
  const foreign = isForeign
    ? `; it is in another account than the registry, so repository policies must allow it`
    : "";
  return ok(`${caller.arn}, by ${who}${foreign}`);
}

/**
 * The call for a token, as a cold `get` makes it. Later checks use the token, but it is not stored: builds go on using the
 * stored one.
 */
export const token: RegistryDiagnostic = {
  name: "token",
  scope: "registry",
  needs: ["identity"],
  limit: awsLimit,
  look: async (checkRun, signal) => {
    try {
      const token = await fetchToken(await checkRun.request(signal));
      checkRun.token = token;
      const left = token.expiresAt - token.clockSkew - checkRun.machine.now();
      return ok(`AWS returns one, valid for ${readableDuration(left)}; it was not stored`);
    } catch (error) {
      if (isAnonymous(error, checkRun.registry)) return skipped(anonymousReason);
      throw error;
    }
  },
};

function isAnonymous(error: unknown, { kind }: Registry): boolean {
  return kind === "public" && error instanceof Failure && error.code === "NO_CREDENTIALS";
}

import { refuseFile } from "../ownership/refuse-file.ts";
import type { ProfileFindings, ProfileRegistry, SkippedProfile } from "../profiles/profile-registries.ts";
import { parseHost, privateHost } from "../registry/host.ts";
import { Failure } from "../token/failure.ts";
import type { AppContext } from "./context.ts";

/** Milliseconds for all profiles together. */
const patience = 5_000;

/**
 * The registries of profiles with static keys, whose account only AWS knows (`GetCallerIdentity`, which needs no
 * permission), and the profiles whose account is unknown.
 */
export async function registriesOfKeys(
  { env, home, now }: AppContext,
  profiles: ProfileFindings["withKeys"],
): Promise<{ readonly found: readonly ProfileRegistry[]; readonly skipped: readonly SkippedProfile[] }> {
  if (profiles.length === 0) return { found: [], skipped: [] };
  const { callerIdentity } = await import("../aws/calls/caller-identity.ts");
  const signal = AbortSignal.timeout(patience);
  const results = await Promise.all(
    profiles.map(async ({ profile, region }): Promise<ProfileRegistry | SkippedProfile | undefined> => {
      // Any account will do: the registry only determines the endpoint's partition and region.
      const anyOf = (account: string) => parseHost(privateHost(account, region));
      const registry = anyOf("000000000000");
      if (!registry) return undefined;
      try {
        const identity = { kind: "profile", profile } as const;
        const caller = await callerIdentity({ registry, identity, env, home, now, signal, refuseFile });
        const own = caller.kind === "known" ? anyOf(caller.account) : undefined;
        if (own) return { profile, registry: own };
        return { profile, why: "its account is unknown, since STS can't be reached" };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { profile, why: `its account is unknown, since the call to STS failed [${error.code}]` };
      }
    }),
  );
  return {
    found: results.flatMap((each) => (each && "registry" in each ? [each] : [])),
    skipped: results.flatMap((each) => (each && "why" in each ? [each] : [])),
  };
}

import type { Config } from "../config/config.ts";
import type { Origin } from "../refresher/plan.ts";
import { Failure } from "../token/failure.ts";
import { type Keeping, seenKeeping } from "./keeping.ts";
import type { Surroundings } from "./surroundings.ts";

/** A registry as it is shown to people. */
export interface ShownRegistry {
  readonly host: string;
  readonly identity: string;
  /** The key of the authorization token that serves it. */
  readonly authorization: string;
  /** Absent: config.yaml can't be used, so why it is kept can't be said. */
  readonly origin?: Origin;
  /** Of a replication target: the host whose rules name it. */
  readonly source?: string;
  /** Nobody can renew its token in the background. */
  readonly isUnattended: boolean;
}

/** What is kept, or with a config.yaml that can't be used, what lies there. */
export interface Shown {
  readonly registries: readonly ShownRegistry[];
  /** Absent: config.yaml can't be used. */
  readonly kept?: { readonly keeping: Keeping; readonly config: Config };
  readonly configError?: Failure;
}

export async function shownRegistries(around: Surroundings): Promise<Shown> {
  try {
    const kept = await seenKeeping(around);
    return { kept, registries: ofKeeping(kept.keeping) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { configError: error, registries: await ofFiles(around) };
  }
}

function ofKeeping({ kept, plan }: Keeping): ShownRegistry[] {
  const unattended = new Set(plan.unattended.map(({ kept }) => kept.registry.host));
  const forgotten = new Set(plan.forgotten);
  return kept
    .filter((one) => !forgotten.has(one))
    .map(({ registry: { host }, identity, authorization, origin, source }) => {
      const from = source !== undefined && { source };
      return { host, identity, authorization, origin, ...from, isUnattended: unattended.has(host) };
    });
}

/** By the token files alone, which say for whom they were got. */
async function ofFiles({ store }: Surroundings): Promise<ShownRegistry[]> {
  const registries: ShownRegistry[] = [];
  for (const host of await store.hosts()) {
    const entry = await store.readRegistry(host);
    if (entry) registries.push({ ...entry, isUnattended: false });
  }
  return registries;
}

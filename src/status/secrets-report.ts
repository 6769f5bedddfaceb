import type { Config } from "../config/config.ts";
import { clusterKey, clusterRecords, type RecordedSecret } from "../store/state/secret-records.ts";
import { plural } from "../terminal/words.ts";
import { Failure, type FailureNote } from "../token/failure.ts";

/** The state of a pull secret under `outputs` after the last update. */
export interface SecretState {
  readonly name: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Whether config.yaml still names it. If not, it has not been removed yet. */
  readonly named: boolean;
  /** The number of namespaces that have it. */
  readonly namespaces: number;
  readonly lastError?: FailureNote;
}

export async function secretStates(
  state: string,
  { secretOutputs, notRead }: Pick<Config, "secretOutputs" | "notRead">,
): Promise<readonly SecretState[]> {
  const clusters = new Map(secretOutputs.map(({ cluster }) => [clusterKey(cluster), cluster]));
  const recorded = new Map<string, RecordedSecret>();
  const keyOf = (cluster: string, name: string) => `${cluster} ${name}`;
  const names = new Map<
    string,
    { readonly cluster: string; readonly name: string; readonly named: boolean }
  >();
  for (const record of await clusterRecords(state)) {
    const cluster = clusterKey(record.cluster);
    clusters.set(cluster, record.cluster);
    for (const secret of record.secrets) {
      recorded.set(keyOf(cluster, secret.name), secret);
      names.set(keyOf(cluster, secret.name), { cluster, name: secret.name, named: notRead !== undefined });
    }
  }
  for (const { name, cluster } of secretOutputs) {
    names.set(keyOf(clusterKey(cluster), name), { cluster: clusterKey(cluster), name, named: true });
  }
  return [...names].map(([key, { cluster, name, named }]) => {
    const { namespaces = [], failures: [lastError] = [] } = recorded.get(key) ?? {};
    const found = { name, ...clusters.get(cluster), named, namespaces: namespaces.length };
    return { ...found, ...(lastError && { lastError }) };
  });
}

/** For users. */
export function secretLine({ name, kubeconfig, context, named, namespaces, lastError }: SecretState): string {
  const place = [context, kubeconfig].filter((part) => part !== undefined).join(", ");
  const text = `Secret ${name}${place && ` (${place})`}: in ${plural(namespaces, "namespace")}`;
  if (lastError) return `${text}; ${Failure.from(lastError).oneLine}`;
  return named ? text : `${text}, from which the daemon's next pass removes it`;
}

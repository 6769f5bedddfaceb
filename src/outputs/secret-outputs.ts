import { ClusterFailure } from "../cluster/api-failures.ts";
import { ApiServer } from "../cluster/api-server.ts";
import { readAccess } from "../cluster/credentials.ts";
import { ClusterObjects } from "../cluster/objects.ts";
import type { Config, SecretOutput } from "../config/config.ts";
import type { ManagedRegistries } from "../managed/registries.ts";
import { awaitLock } from "../store/files/lock.ts";
import {
  type ClusterRecord,
  clusterKey,
  clusterRecords,
  lockCluster,
  type RecordedCluster,
  type RecordedSecret,
  readClusterRecord,
  writeClusterRecord,
} from "../store/state/secret-records.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure, type FailureNote } from "../token/failure.ts";
import { nextPause, type Pause } from "./cluster-pause.ts";
import { secretContent } from "./secret-content.ts";
import { SecretSync, type WrittenSecrets } from "./secret-sync.ts";
import { type OutputTokens, outputTokens } from "./tokens.ts";

/** What the daemon remembers of a cluster between two passes. */
interface ClusterMemory {
  /** By the name of the Secret. */
  readonly written: Map<string, WrittenSecrets>;
  pause: Pause | undefined;
  /** Since when another process has held the lock, by the monotonic clock. */
  busySince: number | undefined;
}

export type SecretMemory = Map<string, ClusterMemory>;

export interface SecretContext extends StoredTokens {
  readonly env: Environment;
  readonly state: string;
  /** Ends all requests. */
  readonly signal: AbortSignal;
  /** A monotonic clock, in milliseconds. */
  readonly timer: () => number;
  /** Milliseconds to wait for another process of this user that writes to the same cluster. */
  readonly lockTimeout: number;
  /** Milliseconds for which that is no failure. */
  readonly busyLimit: number;
}

/**
 * Writes the tokens to each Secret that config.yaml names under `outputs`, and removes the Secrets that it no longer
 * names. A Secret that is up to date is not touched.
 *
 * @param memory of earlier calls; a cluster that failed is not called again before its pause has ended
 * @returns one failure for each Secret and code
 */
export async function updateSecrets(
  context: SecretContext,
  managed: ManagedRegistries,
  config: Config,
  memory: SecretMemory,
): Promise<readonly Failure[]> {
  const { state } = context;
  const clusters = new Map<string, RecordedCluster>();
  const recorded = (await clusterRecords(state)).map(({ cluster }) => cluster);
  for (const cluster of [...recorded, ...config.secretOutputs.map(({ cluster }) => cluster)]) {
    clusters.set(clusterKey(cluster), cluster);
  }
  const tokens = await outputTokens(context, managed, config);
  const hosts = managedHosts(managed, config);
  const results = [...clusters].map(async ([key, cluster]) => {
    const outputs = config.secretOutputs.filter((output) => clusterKey(output.cluster) === key);
    const known = memory.get(key) ?? { written: new Map(), pause: undefined, busySince: undefined };
    memory.set(key, known);
    return updateCluster(context, cluster, outputs, { tokens, hosts }, known);
  });
  return (await Promise.all(results)).flat();
}

async function updateCluster(
  context: SecretContext,
  cluster: RecordedCluster,
  outputs: readonly SecretOutput[],
  content: Content,
  memory: ClusterMemory,
): Promise<readonly Failure[]> {
  const { state, timer, signal, lockTimeout, busyLimit } = context;
  if (memory.pause && timer() < memory.pause.until) return [Failure.from(memory.pause.reason)];
  const release = await awaitLock(() => lockCluster(state, cluster), lockTimeout);
  if (!release) {
    memory.busySince ??= timer();
    if (timer() - memory.busySince < busyLimit) return [];
    const what = "another process of this user is writing Secrets to the same cluster";
    return [new Failure("OUTPUT_BUSY", what, "wait: the daemon tries again within a minute")];
  }
  memory.busySince = undefined;
  const record = await readClusterRecord(state, cluster);
  try {
    const secrets = await synchronize(context, record, outputs, content, memory);
    memory.pause = undefined;
    return secrets.flatMap(({ failures }) => failures.map(Failure.from));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The daemon ends.
    if (signal.aborted && signal.reason?.name !== "TimeoutError") return [];
    memory.pause = nextPause(memory.pause, noteOf(error), retryAfterOf(error), timer(), Math.random());
    await recordFailure(state, cluster, outputs, error);
    return [error];
  } finally {
    release();
  }
}

interface Content {
  readonly tokens: OutputTokens;
  /** The hosts of all registries that are renewed, and of their aliases. */
  readonly hosts: ReadonlySet<string>;
}

/** @throws Failure that concerns the whole cluster */
async function synchronize(
  { env, signal, state, now }: SecretContext,
  record: ClusterRecord,
  outputs: readonly SecretOutput[],
  { tokens, hosts }: Content,
  memory: ClusterMemory,
): Promise<readonly RecordedSecret[]> {
  const access = await readAccess(record.cluster, env);
  const objects = new ClusterObjects(new ApiServer(access, { env, signal }));
  const secrets = new Map(record.secrets.map((each) => [each.name, each]));
  const store = (secret: RecordedSecret) => {
    secrets.set(secret.name, secret);
    return writeClusterRecord(state, { ...record, secrets: [...secrets.values()].filter(isNeeded) });
  };
  const named = new Set(outputs.map(({ name }) => name));
  const isNeeded = ({ name, namespaces }: RecordedSecret) => named.has(name) || namespaces.length > 0;
  for (const name of memory.written.keys()) if (!named.has(name)) memory.written.delete(name);
  for (const output of outputs) {
    const { name, serviceAccounts } = output;
    const previous = secrets.get(name);
    const written: WrittenSecrets = memory.written.get(name) ?? new Map();
    memory.written.set(name, written);
    const sync = new SecretSync(objects, name, now);
    // The record comes first: if it were lost after a write, no process would know which Secrets to remove.
    const onSelected = async (namespaces: readonly string[]) => {
      const accounts = [...new Set([...(previous?.serviceAccounts ?? []), ...serviceAccounts])];
      await store({ name, namespaces, serviceAccounts: accounts, failures: [] });
    };
    const update = async () => {
      const content = secretContent(output, tokens, hosts);
      const result = await sync.update(output, content, written, previous, onSelected);
      return { ...result, failures: [...result.failures, ...unmanagedFailures(output, hosts)] };
    };
    const result = await update().catch((error: unknown) => {
      if (error instanceof ClusterFailure || !(error instanceof Failure)) throw error;
      // Such as a list that RBAC denies: the other Secrets go on.
      const known = secrets.get(name) ?? { name, namespaces: [], serviceAccounts: [] };
      return { ...known, failures: [noteOf(error)] };
    });
    await store(result);
  }
  const results = [...secrets.values()].filter(({ name }) => named.has(name));
  for (const secret of record.secrets.filter(({ name }) => !named.has(name))) {
    const result = await new SecretSync(objects, secret.name, now).removeAll(secret);
    results.push(result);
    await store(result);
  }
  return results;
}

function unmanagedFailures(
  { name, registries = [] }: SecretOutput,
  hosts: ReadonlySet<string>,
): FailureNote[] {
  const others = registries.filter((host) => !hosts.has(host));
  if (others.length === 0) return [];
  const what = `Secret ${name} has no token for ${others.join(", ")}, which no entry of config.yaml keeps fresh`;
  return [{ code: "SECRET_REGISTRY", what, fix: "add its account with regions, or its host, to registries" }];
}

function managedHosts({ plan }: ManagedRegistries, { aliases }: Config): ReadonlySet<string> {
  const hosts = plan.jobs.flatMap(({ registries }) => registries.map(({ host }) => host));
  const all = new Set(hosts);
  for (const [alias, target] of Object.entries(aliases)) if (all.has(target)) all.add(alias);
  return all;
}

/** For `status`. If it can't be written, the failure is still reported by the caller. */
async function recordFailure(
  state: string,
  cluster: RecordedCluster,
  outputs: readonly SecretOutput[],
  failure: Failure,
): Promise<void> {
  const record = await readClusterRecord(state, cluster);
  const known = new Map(record.secrets.map((each) => [each.name, each]));
  for (const { name } of outputs) {
    if (!known.has(name)) known.set(name, { name, namespaces: [], serviceAccounts: [], failures: [] });
  }
  // Without its kubeconfig, a cluster that config.yaml no longer names can't be cleaned up.
  const isPlugin = failure instanceof ClusterFailure;
  const isLost = outputs.length === 0 && failure.code === "KUBECONFIG" && !isPlugin;
  const secrets = isLost ? [] : [...known.values()].map((each) => ({ ...each, failures: [noteOf(failure)] }));
  await writeClusterRecord(state, { ...record, secrets }).catch(() => undefined);
}

function retryAfterOf(failure: Failure): number | undefined {
  return failure instanceof ClusterFailure ? failure.retryAfter : undefined;
}

function noteOf({ code, message, fix }: Failure): FailureNote {
  return { code, what: message, fix };
}

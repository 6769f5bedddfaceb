import { readdir } from "node:fs/promises";
import { fingerprint } from "../../token/dependencies.ts";
import type { FailureNote } from "../../token/failure.ts";
import { inspectFile } from "../files/inspect.ts";
import { type Release, tryLock } from "../files/lock.ts";
import { removeState, writeState } from "../files/write.ts";

/** How the cluster is reached, as config.yaml names it. */
export interface RecordedCluster {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The Secrets of one name that this program has written in a cluster. */
export interface RecordedSecret {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** The service accounts whose `imagePullSecrets` name it. */
  readonly serviceAccounts: readonly string[];
  /** Why the last attempt failed, or failed in some namespaces. */
  readonly failures: readonly FailureNote[];
}

/** What this program has written in one cluster. */
export interface ClusterRecord {
  readonly format: 1;
  readonly cluster: RecordedCluster;
  readonly secrets: readonly RecordedSecret[];
}

/** Bytes: 10,000 namespaces with names of 63 characters. */
const largestRecord = 1024 * 1024;

/** The records of all clusters; unreadable ones are skipped. */
export async function clusterRecords(state: string): Promise<readonly ClusterRecord[]> {
  const names = await readdir(`${state}/secrets`).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const records = await Promise.all(files.map((name) => readRecord(`${state}/secrets/${name}`)));
  return records.filter((record) => record !== undefined);
}

export async function readClusterRecord(state: string, cluster: RecordedCluster): Promise<ClusterRecord> {
  const record = await readRecord(recordPath(state, cluster));
  return record && clusterKey(record.cluster) === clusterKey(cluster)
    ? record
    : { format: 1, cluster, secrets: [] };
}

/** Removes the record if it is empty. @throws Failure STATE_FOLDER, STATE_WRITE */
export async function writeClusterRecord(state: string, record: ClusterRecord): Promise<void> {
  const path = recordPath(state, record.cluster);
  if (record.secrets.length > 0) await writeState(state, path, record);
  else await removeState(path);
}

/** The lock for writing to a cluster. @returns undefined if another process holds it */
export function lockCluster(state: string, cluster: RecordedCluster): Promise<Release | undefined> {
  return tryLock(state, `${state}/locks/secrets-${clusterKey(cluster)}`);
}

export function clusterKey({ kubeconfig, context }: RecordedCluster): string {
  return fingerprint([kubeconfig ?? null, context ?? null]).slice(0, 16);
}

function recordPath(state: string, cluster: RecordedCluster): string {
  return `${state}/secrets/${clusterKey(cluster)}.json`;
}

async function readRecord(path: string): Promise<ClusterRecord | undefined> {
  const file = await inspectFile(path, largestRecord);
  if (file.kind !== "text") return undefined;
  try {
    const value = JSON.parse(file.text) as ClusterRecord;
    const isComplete =
      value.format === 1 && isRecordedCluster(value.cluster) && value.secrets.every(isRecordedSecret);
    return isComplete ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecordedCluster(value: RecordedCluster | null): boolean {
  return typeof value === "object" && value !== null;
}

function isRecordedSecret(value: RecordedSecret): boolean {
  const lists = [value.namespaces, value.serviceAccounts, value.failures];
  return typeof value.name === "string" && lists.every(Array.isArray);
}

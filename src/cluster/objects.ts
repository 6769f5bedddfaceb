import { answerFailure, isNotFound, isObject, isTerminating, unexpectedAnswer } from "./api-failures.ts";
import type { ApiServer } from "./api-server.ts";
import {
  expiryOf,
  fieldManager,
  isLabelled,
  isOwn,
  listOf,
  type ObjectMeta,
  registriesOf,
} from "./metadata.ts";

/** A Secret that exists; its data is never read. */
export interface StoredSecret {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Whether this program has written it. */
  readonly isOwn: boolean;
  /** Whether it has this program's label. */
  readonly isLabelled: boolean;
  readonly isTerminating: boolean;
  /** When its first token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The hosts whose tokens it contains. */
  readonly registries: readonly string[];
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly pullSecrets: readonly string[];
}

/** A Secret to write. */
export interface SecretManifest {
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** done: written. absent: there is no such namespace. ending: it is being deleted. changed: another client was faster. */
export type WriteResult =
  | { readonly kind: "done"; readonly resourceVersion: string }
  | { readonly kind: "absent" | "ending" | "changed" };

const pageSize = "500";
/** Without status and data: neither is needed, and this process should not have them. */
const metadataOf = (kind: "PartialObjectMetadata" | "PartialObjectMetadataList") =>
  `application/json;as=${kind};g=meta.k8s.io;v=v1`;

/** The requests to the API server that pull secrets need. Each throws Failure CLUSTER_… if it is refused. */
export class ClusterObjects {
  constructor(private readonly server: ApiServer) {}

  /** The namespaces with these labels that are not being deleted. */
  async namespaces(labels: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const query = labelSelector === "" ? {} : { labelSelector };
    const items = await this.list("/api/v1/namespaces", query, "list namespaces", true);
    return items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
  }

  /** The Secrets of this name in all namespaces. */
  async secrets(name: string): Promise<readonly StoredSecret[]> {
    const query = { fieldSelector: `metadata.name=${name}` };
    const items = await this.list("/api/v1/secrets", query, `list secrets named ${name}`, true);
    return items.map(({ metadata }) => secretOf(metadata));
  }

  async secret(namespace: string, name: string): Promise<StoredSecret | undefined> {
    const answer = await this.server.send({
      method: "GET",
      path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      accept: metadataOf("PartialObjectMetadata"),
    });
    if (isNotFound(answer)) return undefined;
    const action = `get secret ${name} in namespace ${namespace}`;
    if (answer.status !== 200) throw answerFailure(this.server.host, answer, action);
    return secretOf(this.metadataIn(answer.value, action));
  }

  /** The service accounts of these names in all namespaces. */
  async serviceAccounts(names: readonly string[]): Promise<readonly ServiceAccount[]> {
    const lists = await Promise.all(
      names.map((name) => {
        const query = { fieldSelector: `metadata.name=${name}` };
        return this.list("/api/v1/serviceaccounts", query, `list serviceaccounts named ${name}`, false);
      }),
    );
    return lists.flat().map(serviceAccountOf);
  }

  async serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
    const answer = await this.server.send({ method: "GET", path });
    if (isNotFound(answer)) return undefined;
    const action = `get serviceaccount ${name} in namespace ${namespace}`;
    if (answer.status !== 200) throw answerFailure(this.server.host, answer, action);
    this.metadataIn(answer.value, action);
    return serviceAccountOf(answer.value as Item);
  }

  /**
   * Creates the Secret, or replaces what this program owns in it.
   *
   * @param force whether to take back what another client has changed. For a new Secret it must be false, so that a Secret
   *   that another client has created meanwhile is not overwritten
   */
  async apply(manifest: SecretManifest, force: boolean): Promise<WriteResult> {
    const { namespace, name } = manifest.metadata;
    const action = `patch secret ${name} in namespace ${namespace}`;
    const answer = await this.server.send({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      query: { fieldManager, force: String(force) },
      contentType: "application/apply-patch+yaml",
      body: manifest,
      accept: metadataOf("PartialObjectMetadata"),
    });
    if (answer.status === 200 || answer.status === 201) {
      return { kind: "done", resourceVersion: this.metadataIn(answer.value, action).resourceVersion };
    }
    if (isNotFound(answer)) return { kind: "absent" };
    if (isTerminating(answer)) return { kind: "ending" };
    if (answer.status === 409) return { kind: "changed" };
    throw answerFailure(this.server.host, answer, action);
  }

  /** Removes the Secret if no other client has changed it. */
  async remove({ namespace, name, uid, resourceVersion }: StoredSecret): Promise<void> {
    const answer = await this.server.send({
      method: "DELETE",
      path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } },
      // The answer is a Status, or the Secret if it has finalizers.
      accept: `${metadataOf("PartialObjectMetadata")},application/json`,
    });
    if (isNotFound(answer) || (isObject(answer.value) && [200, 202, 409].includes(answer.status))) return;
    throw answerFailure(this.server.host, answer, `delete secret ${name} in namespace ${namespace}`);
  }

  /** Replaces the list of pull secrets if no other client has changed the service account. */
  async setPullSecrets(account: ServiceAccount, pullSecrets: readonly string[]): Promise<void> {
    const { namespace, name, resourceVersion } = account;
    const answer = await this.server.send({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`,
      query: { fieldManager },
      contentType: "application/merge-patch+json",
      body: { metadata: { resourceVersion }, imagePullSecrets: pullSecrets.map((each) => ({ name: each })) },
    });
    if (isNotFound(answer) || isTerminating(answer)) return;
    if (isObject(answer.value) && [200, 409].includes(answer.status)) return;
    throw answerFailure(this.server.host, answer, `patch serviceaccount ${name} in namespace ${namespace}`);
  }

  private async list(
    path: string,
    query: Readonly<Record<string, string>>,
    action: string,
    onlyMetadata: boolean,
  ): Promise<readonly Item[]> {
    const items: Item[] = [];
    let next = "";
    for (let page = 0; page < mostPages; page++) {
      const answer = await this.server.send({
        method: "GET",
        path,
        query: { ...query, limit: pageSize, ...(next && { continue: next }) },
        ...(onlyMetadata && { accept: metadataOf("PartialObjectMetadataList") }),
      });
      if (answer.status !== 200) throw answerFailure(this.server.host, answer, action);
      const list = (answer.value ?? {}) as List;
      // An incomplete list would look like namespaces that are no longer selected.
      if (!String(list.kind).endsWith("List")) throw unexpectedAnswer(this.server.host, action);
      for (const item of listOf<Item>(list.items)) {
        this.metadataIn(item, action);
        items.push(item);
      }
      next = list.metadata?.continue ?? "";
      if (next === "") return items;
    }
    throw unexpectedAnswer(this.server.host, action);
  }

  /** @throws ClusterFailure if it is no object of the API */
  private metadataIn(value: unknown, action: string): ObjectMeta {
    const metadata = (value as Partial<Item> | undefined)?.metadata;
    if (typeof metadata?.name !== "string" || typeof metadata.resourceVersion !== "string")
      throw unexpectedAnswer(this.server.host, action);
    return metadata;
  }
}

/** More namespaces than a cluster can have. */
const mostPages = 200;

interface List {
  readonly kind?: unknown;
  readonly items?: unknown;
  readonly metadata?: { readonly continue?: string };
}

interface Item {
  readonly metadata: ObjectMeta;
  readonly imagePullSecrets?: unknown;
}

function secretOf(metadata: ObjectMeta): StoredSecret {
  const { namespace = "", name, uid, resourceVersion, deletionTimestamp } = metadata;
  return {
    namespace,
    name,
    uid,
    resourceVersion,
    isOwn: isOwn(metadata),
    isLabelled: isLabelled(metadata),
    isTerminating: deletionTimestamp !== undefined,
    expiresAt: expiryOf(metadata),
    registries: registriesOf(metadata),
  };
}

function serviceAccountOf({ metadata, imagePullSecrets }: Item): ServiceAccount {
  const pullSecrets = listOf<{ name?: unknown }>(imagePullSecrets).map(({ name }) => String(name));
  const { namespace = "", name, resourceVersion } = metadata;
  return { namespace, name, resourceVersion, pullSecrets };
}

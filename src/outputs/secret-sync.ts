import { ClusterFailure } from "../cluster/api-failures.ts";
import type { ClusterObjects, ServiceAccount, StoredSecret } from "../cluster/objects.ts";
import type { SecretOutput } from "../config/config.ts";
import { forEachConcurrent } from "../limits/concurrency.ts";
import type { RecordedSecret } from "../store/state/secret-records.ts";
import { Failure } from "../token/failure.ts";
import type { SecretContent } from "./secret-content.ts";
import { absentFailure, NamespaceFailures, takenFailure } from "./secret-failures.ts";
import { isRemovable, obsoleteNamespaces, secretAction, type Written } from "./secret-plan.ts";

/** What this process remembers of a Secret between two passes: what it has written, by namespace. */
export type WrittenSecrets = Map<string, Written>;

/** Requests at the same time: the API server limits them too. */
const atOnce = 8;

/** Synchronizes the Secrets of one name with a cluster. */
export class SecretSync {
  readonly #failures = new NamespaceFailures();
  #ended: ClusterFailure | undefined;
  #succeeded = 0;
  #unanswered = 0;

  constructor(
    private readonly cluster: ClusterObjects,
    private readonly name: string,
    private readonly now: () => number,
  ) {}

  /**
   * Creates and updates the Secret in the selected namespaces, and removes it from those that are no longer selected.
   *
   * @param recorded what was recorded for this name
   * @param onSelected called before the first change, with all namespaces that may have the Secret afterwards
   * @throws ClusterFailure if no further request makes sense
   */
  async update(
    output: SecretOutput,
    content: SecretContent,
    written: WrittenSecrets,
    recorded: RecordedSecret | undefined,
    onSelected: (namespaces: readonly string[]) => Promise<void>,
  ): Promise<RecordedSecret> {
    const { namespaces: selection } = output;
    const selected =
      selection.kind === "names"
        ? [...new Set(selection.names)].sort()
        : await this.cluster.namespaces(selection.kind === "labels" ? selection.labels : {});
    const listed = selection.kind === "names" ? undefined : await this.cluster.secrets(this.name);
    const byNamespace = new Map(listed?.map((each) => [each.namespace, each]));
    const known = recorded?.namespaces ?? [];
    const obsolete = obsoleteNamespaces(known, listed ?? [], new Set(selected), this.now());
    const all = [...new Set([...selected, ...obsolete])].sort();
    if (content.hosts.length > 0 && all.some((each) => !known.includes(each))) await onSelected(all);

    const isNamed = selection.kind === "names";
    const holding = new Set<string>();
    await this.each(selected, async (namespace) => {
      const stored = listed ? byNamespace.get(namespace) : await this.cluster.secret(namespace, this.name);
      if (await this.write(namespace, stored, content, written, isNamed)) holding.add(namespace);
    });
    for (const namespace of written.keys()) if (!holding.has(namespace)) written.delete(namespace);
    if (output.serviceAccounts.length > 0) {
      await this.patchServiceAccounts(output.serviceAccounts, holding, isNamed);
    }
    const left = await this.removeFrom(obsolete, recorded?.serviceAccounts ?? []);
    const previous = (recorded?.serviceAccounts ?? []).filter(
      (each) => !output.serviceAccounts.includes(each),
    );
    const kept = known.filter((namespace) => !obsolete.includes(namespace));
    const isRemoved = previous.length === 0 || (await this.removeReferences(kept, previous));
    const serviceAccounts = [...output.serviceAccounts, ...(isRemoved && left.length === 0 ? [] : previous)];
    const namespaces = [...new Set([...holding, ...left, ...this.unknown(known, selected)])].sort();
    return { name: this.name, namespaces, serviceAccounts, failures: this.#failures.notes() };
  }

  /** Removes all recorded Secrets of this name, which config.yaml no longer names. @throws ClusterFailure */
  async removeAll({ namespaces, serviceAccounts }: RecordedSecret): Promise<RecordedSecret> {
    const left = await this.removeFrom(namespaces, serviceAccounts);
    return { name: this.name, namespaces: left, serviceAccounts, failures: this.#failures.notes() };
  }

  /**
   * @param isNamed whether config.yaml names the namespace
   * @returns whether this program's Secret is in the namespace
   */
  private async write(
    namespace: string,
    stored: StoredSecret | undefined,
    content: SecretContent,
    written: WrittenSecrets,
    isNamed: boolean,
  ): Promise<boolean> {
    const { manifest, revision } = content;
    const action = secretAction(stored, content, written.get(namespace), this.now());
    if (action === "taken") throw takenFailure(this.name, namespace);
    if (action === "none") return stored !== undefined;
    // With the version, a Secret that another client has replaced since is not overwritten.
    const version = stored && { uid: stored.uid, resourceVersion: stored.resourceVersion };
    const metadata = { ...manifest.metadata, namespace, ...version };
    const result = await this.cluster.apply({ ...manifest, metadata }, action === "update");
    if (result.kind === "done") written.set(namespace, { revision, resourceVersion: result.resourceVersion });
    if (result.kind === "absent" && isNamed) throw absentFailure(this.name, namespace);
    if (result.kind === "changed" && action === "create") throw takenFailure(this.name, namespace);
    return result.kind === "done" || result.kind === "changed";
  }

  /** @param isEach whether each service account is read by itself: listing all needs more permissions */
  private async patchServiceAccounts(
    names: readonly string[],
    namespaces: ReadonlySet<string>,
    isEach: boolean,
  ): Promise<void> {
    const patch = async (account: ServiceAccount) => {
      if (account.pullSecrets.includes(this.name)) return;
      await this.cluster.setPullSecrets(account, [...account.pullSecrets, this.name]);
    };
    if (isEach) {
      await this.each([...namespaces], async (namespace) => {
        for (const name of names) {
          const account = await this.cluster.serviceAccount(namespace, name);
          if (account) await patch(account);
        }
      });
      return;
    }
    const accounts = await this.cluster.serviceAccounts(names);
    const toPatch = accounts.filter(({ namespace }) => namespaces.has(namespace));
    await this.each(toPatch, patch, ({ namespace }) => namespace);
  }

  /** @returns the namespaces in which the Secret could not be removed */
  private async removeFrom(
    namespaces: readonly string[],
    serviceAccounts: readonly string[],
  ): Promise<readonly string[]> {
    const left = new Set(namespaces);
    await this.each(namespaces, async (namespace) => {
      try {
        const stored = await this.cluster.secret(namespace, this.name);
        if (stored && isRemovable(stored)) {
          for (const name of serviceAccounts) await this.removeReference(namespace, name);
          await this.cluster.remove(stored);
        }
      } catch (error) {
        // Reported once: a Role is removed together with its namespace, and no attempt would ever succeed.
        if (error instanceof Failure && error.code === "CLUSTER_DENIED") left.delete(namespace);
        throw error;
      }
      left.delete(namespace);
    });
    return [...left];
  }

  /** @returns whether it must not be tried again */
  private async removeReferences(
    namespaces: readonly string[],
    serviceAccounts: readonly string[],
  ): Promise<boolean> {
    let isDone = true;
    await this.each(namespaces, async (namespace) => {
      try {
        for (const name of serviceAccounts) await this.removeReference(namespace, name);
      } catch (error) {
        // Reported once, as above.
        if (!(error instanceof Failure && error.code === "CLUSTER_DENIED")) isDone = false;
        throw error;
      }
    });
    return isDone;
  }

  private async removeReference(namespace: string, name: string): Promise<void> {
    const account = await this.cluster.serviceAccount(namespace, name);
    if (!account?.pullSecrets.includes(this.name)) return;
    const others = account.pullSecrets.filter((each) => each !== this.name);
    await this.cluster.setPullSecrets(account, others);
  }

  /** Selected namespaces whose Secret could not be read or written: it may still be there. */
  private unknown(known: readonly string[], selected: readonly string[]): readonly string[] {
    if (this.#failures.notes().length === 0) return [];
    return known.filter((namespace) => selected.includes(namespace));
  }

  private add(namespace: string, failure: Failure): void {
    this.#failures.add(namespace, failure);
    const { code, message, fix } = failure;
    if (code !== "CLUSTER_ANSWER" || this.#succeeded > 0 || ++this.#unanswered < mostUnanswered) return;
    this.#ended ??= new ClusterFailure(code, message, fix);
  }

  /** Goes on after a failure that concerns one namespace. @throws ClusterFailure */
  private async each<Item>(
    items: readonly Item[],
    work: (item: Item) => Promise<void>,
    namespaceOf: (item: Item) => string = String,
  ): Promise<void> {
    await forEachConcurrent(items, atOnce, async (item) => {
      if (this.#ended) return;
      try {
        await work(item);
        this.#succeeded++;
      } catch (error) {
        if (error instanceof ClusterFailure || !(error instanceof Failure)) this.#ended ??= asEnd(error);
        else this.add(namespaceOf(item), error);
      }
    });
    if (this.#ended) throw this.#ended;
  }
}

/** So many namespaces that fail, and none that succeeds, are the API server's failure. */
const mostUnanswered = 20;

function asEnd(error: unknown): ClusterFailure {
  if (error instanceof ClusterFailure) return error;
  throw error;
}

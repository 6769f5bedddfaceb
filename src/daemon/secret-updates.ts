import type { Config } from "../config/config.ts";
import type { ManagedRegistries } from "../managed/registries.ts";
import type { SecretMemory } from "../outputs/secret-outputs.ts";
import type { AppContext } from "../provider/context.ts";
import { clusterRecords } from "../store/state/secret-records.ts";
import { Failure } from "../token/failure.ts";
import { foreignError } from "../token/foreign-text.ts";

type Pass = readonly [managed: ManagedRegistries, config: Config];

interface Limits {
  /** Milliseconds for one update of all clusters. */
  readonly limit: number;
  /** Milliseconds to wait for another process of this user that writes to the same cluster. */
  readonly lockTimeout: number;
  /** Milliseconds for which that is no failure. */
  readonly busyLimit: number;
}

/** A command waits for the first update of a daemon in a cluster with thousands of namespaces. */
const commandLimits: Limits = { limit: 120_000, lockTimeout: 60_000, busyLimit: 0 };
/** The daemon tries again in its next pass while a command writes. */
const daemonLimits: Limits = { limit: 600_000, lockTimeout: 5_000, busyLimit: 2 * commandLimits.limit };

/**
 * Updates the pull secrets of `outputs` once.
 *
 * The code for it is loaded only if there is something to do.
 *
 * @param stop ends all requests
 */
export async function updateSecretsOnce(
  app: AppContext,
  [managed, config]: Pass,
  stop: AbortSignal,
  memory: SecretMemory = new Map(),
  { limit, lockTimeout, busyLimit } = commandLimits,
): Promise<readonly Failure[]> {
  const { store, files, env, folders, now } = app;
  // A config that can't be read may name them: none is removed.
  if (config.notRead) return [];
  if (config.secretOutputs.length === 0 && (await clusterRecords(folders.state)).length === 0) return [];
  const { updateSecrets } = await import("../outputs/secret-outputs.ts");
  const signal = AbortSignal.any([stop, AbortSignal.timeout(limit)]);
  const timer = () => performance.now();
  const context = { store, files, now, env, state: folders.state, signal, timer, lockTimeout, busyLimit };
  return updateSecrets(context, managed, config, memory);
}

/** Updates pull secrets in parallel with the daemon's passes, so that a slow API server delays no token. */
export class SecretUpdates {
  readonly #memory: SecretMemory = new Map();
  #next: Pass | undefined;
  #isRunning = false;

  /** @param onResult called after each update with all failures */
  constructor(
    private readonly app: AppContext,
    private readonly stop: AbortSignal,
    private readonly onResult: (failures: readonly Failure[]) => void,
  ) {}

  /** Starts an update, or another one after the running one. */
  request(pass: Pass): void {
    this.#next = pass;
    if (!this.#isRunning) void this.run();
  }

  /** Ends all pauses: a user asks for an attempt now. */
  ignorePauses(): void {
    for (const cluster of this.#memory.values()) cluster.pause = undefined;
  }

  private async run(): Promise<void> {
    this.#isRunning = true;
    while (this.#next && !this.stop.aborted) {
      const pass = this.#next;
      this.#next = undefined;
      const failures = await this.update(pass);
      if (!this.stop.aborted) this.onResult(failures);
    }
    this.#isRunning = false;
  }

  private async update(pass: Pass): Promise<readonly Failure[]> {
    try {
      return await updateSecretsOnce(this.app, pass, this.stop, this.#memory, daemonLimits);
    } catch (error) {
      if (error instanceof Failure) return [error];
      const what = `the pull secrets were not updated: ${foreignError(error)}`;
      return [new Failure("UNEXPECTED", what, "report it")];
    }
  }
}

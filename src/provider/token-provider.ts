import type { Config } from "../config/config.ts";
import { registrationFor } from "../config/registration.ts";
import { aliasTarget } from "../config/registries.ts";
import { isDeterminedByRules, registrationUnderRules } from "../config/replication.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import type { IdentityState } from "../profiles/dependencies.ts";
import { apiEndpoint } from "../registry/endpoint.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { readClock } from "../store/files/clock.ts";
import { tryLock } from "../store/files/lock.ts";
import { lockPath } from "../store/files/paths.ts";
import { isPruningDue, pruneState } from "../store/tokens/prune.ts";
import type { FileDependency } from "../token/dependencies.ts";
import { type AuthorizationEntry, entryFormat } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { ambient, describeIdentity, type Identity } from "../token/identity.ts";
import { elapsed, lifeOf, lifeState, withMinValidity } from "../token/life.ts";
import { type AwsIdentity, awsRequest } from "./aws-request.ts";
import { retryConditions } from "./conditions.ts";
import type { AppContext, Deadlines, FetchOptions } from "./context.ts";
import type { DiskLimit } from "./disk-limit.ts";
import { fetchOnce } from "./fetch-once.ts";
import { authorizationKey, belongsTo, changedFiles } from "./fetched-identity.ts";
import { IdentityChanged, type Registration } from "./get-token.ts";
import { IdentityStates } from "./identity-states.ts";
import { readStampedRules, type StampedRules } from "./replication-rules.ts";

/** A registration with what a fetch and the background refresher need. */
export interface ResolvedRegistration extends Registration, AwsIdentity {
  /** Files whose change may end a failure, but does not change the identity. */
  readonly retryWhenChanged: readonly string[];
  /** Files that the source of the credentials reads again during the fetch. */
  readonly reread: readonly FileDependency[];
}

/** Options of a `TokenProvider`. By default it reads config and rules at each step. */
export interface TokenProviderOptions {
  config?(): Promise<StampedConfig>;
  rules?(): Promise<StampedRules>;
  /** A cache of identities, for many registries at one moment; absent: each is looked up each time, which detects changes. */
  readonly states?: Map<string, IdentityState>;
  /** Takes work that may end after the answer; absent: the answer waits for it. */
  defer?(work: Promise<void>): void;
  /** How long a write may delay the answer; absent: as long as it takes. */
  readonly disk?: DiskLimit;
}

/** Resolves the identity for a registry, and fetches its token: connects config, aws and store. */
export class TokenProvider {
  private readonly identities: IdentityStates;
  /** The parts of registrations that all registries of an identity share, since there may be thousands. */
  private readonly shared = new WeakMap<IdentityState, SharedRegistration>();

  constructor(
    private readonly app: AppContext,
    private readonly options: TokenProviderOptions = {},
  ) {
    this.identities = new IdentityStates(app, options.states);
  }

  /** @throws Failure if config.yaml is invalid */
  readonly resolveRegistration = async (registry: Registry): Promise<ResolvedRegistration> => {
    const { env, folders } = this.app;
    const { config, stamp } = await this.readStampedConfig();
    const { identity: awsIdentity, name, rules } = await this.identityFor(config, registry);
    const state = await this.identities.of(awsIdentity);
    const authorization = authorizationKey(state.key, registry);
    const known = this.shared.get(state);
    if (known && known.name === name && known.rules === rules && known.stamp === stamp)
      return { ...known.registration, authorization };
    const line = name === undefined ? undefined : config.identityLines[name];
    const configured = [{ path: folders.configFile, stamp }, ...(rules ? [rules] : [])];
    const { dependencies, retryWhenChanged, read, reread } = state;
    // A secret that was pasted into AWS_PROFILE by mistake must not be stored or shown.
    const described = foreignText(describeIdentity(awsIdentity, env));
    const registration = {
      awsIdentity,
      config: { path: folders.configFile, ...(line !== undefined && { line }) },
      identity: name === undefined ? described : `${name} (${described})`,
      dependencies: { ...dependencies, files: [...dependencies.files, ...configured] },
      minValidity: config.minValidity,
      retryWhenChanged,
      read,
      reread,
    };
    this.shared.set(state, { name, rules, stamp, registration });
    return { ...registration, authorization };
  };

  /**
   * The registry that an alias stands for, with the alias as its host, which token file and messages then use.
   *
   * @throws Failure if config.yaml is invalid
   */
  readonly aliased = async (host: string): Promise<Registry | undefined> => {
    const target = parseHost(aliasTarget((await this.readStampedConfig()).config, host) ?? "");
    return target && { ...target, host };
  };

  /** As `aliased`; if config.yaml is invalid, no host is an alias, and the log has the reason. */
  readonly resolveAlias = async (host: string): Promise<Registry | undefined> => {
    try {
      return await this.aliased(host);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.app.log(`can't tell whether ${host} is an alias of an ECR registry: ${error.oneLine}`);
      return undefined;
    }
  };

  /** The stored token if it is sufficient, else a new one, by one call to AWS for all requests at once. @throws Failure */
  async getOrFetchToken(
    registry: Registry,
    registration: ResolvedRegistration,
    deadlines: Deadlines,
    options: FetchOptions = {},
  ): Promise<AuthorizationEntry> {
    const { files, env, folders, store, now, log } = this.app;
    const { defer, disk } = this.options;
    const limited = <Result>(write: () => Promise<Result>) => (disk ? disk.run(write) : write());
    const key = registration.authorization;
    const isFresh = ({ life }: AuthorizationEntry) =>
      lifeState(withMinValidity(life, registration.minValidity), readClock(files, now())) === "fresh";
    let pruning: Promise<void> | undefined;
    const token = await fetchOnce({
      tryLock: () => limited(() => tryLock(folders.state, lockPath(folders.state, key))),
      readAuthorization: () => store.readAuthorization(key),
      writeAuthorization: async (entry) => {
        if (await options.isSuperseded?.()) return;
        // The keychain has a time limit of its own, and its failure must be recorded for later gets.
        await store.assertCanStore();
        await limited(() => store.writeAuthorization(key, entry));
      },
      readFailure: () => store.readFailure(key),
      writeFailure: (entry) => limited(() => store.writeFailure(key, entry)),
      isSufficient: options.isSufficient ?? isFresh,
      fetch: () => {
        const fetched = this.fetchEntry(registry, registration, deadlines);
        // During the call to AWS, since that is rare and takes long anyway.
        if (!defer || isPruningDue(Math.random()))
          pruning = pruneState(folders.state, readClock(files, now()), Math.random());
        return fetched;
      },
      endpoint: apiEndpoint(registry).host,
      conditions: options.failureAnswers ? retryConditions(registration, files, env) : undefined,
      host: registry.host,
      now,
      // Random, so that waiting processes don't all try at the same moment.
      wait: () => Bun.sleep(15 + 20 * Math.random()),
      isWaitOver: () => performance.now() >= deadlines.lock,
      report: (failure) => {
        log(failure.oneLine);
        options.onWriteFailed?.(failure);
      },
    });
    if (pruning && defer) defer(pruning);
    else await pruning;
    return token;
  }

  /** Whether no identity of `states` has changed since it was looked up, so that all registrations are still valid. */
  isUnchanged(): Promise<boolean> {
    return this.identities.isUnchanged();
  }

  private readStampedConfig(): Promise<StampedConfig> {
    const { files, folders } = this.app;
    return this.options.config?.() ?? readStamped(folders, files.stamp);
  }

  /** The identity for a registry by config.yaml; for an alias, that of its target. */
  private async identityFor(config: Config, registry: Registry): Promise<RegistryIdentity> {
    const target = parseHost(aliasTarget(config, registry.host) ?? registry.host) ?? registry;
    if (!isDeterminedByRules(config, target)) return registrationFor(config, target) ?? { identity: ambient };
    const { replicas, dependency } = await (this.options.rules?.() ?? readStampedRules(this.app, config));
    const resolved = registrationUnderRules(config, target, replicas) ?? { identity: ambient };
    return { ...resolved, rules: dependency };
  }

  /** A config.yaml that has become invalid does not name another identity. */
  private async presentRegistration(registry: Registry, before: ResolvedRegistration) {
    try {
      return await this.resolveRegistration(registry);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { key, dependencies, reread } = await this.identities.of(before.awsIdentity);
      return { ...before, authorization: authorizationKey(key, registry), dependencies, reread };
    }
  }

  private async fetchEntry(
    registry: Registry,
    registration: ResolvedRegistration,
    { fetch, signal: given }: Deadlines,
  ): Promise<AuthorizationEntry> {
    const { files, now } = this.app;
    const { fetchToken } = await import("../aws/calls/fetch-token.ts");
    const limit = AbortSignal.timeout(Math.max(1, fetch - performance.now()));
    const signal = given ? AbortSignal.any([given, limit]) : limit;
    const began = { clock: readClock(files, now()), timer: performance.now() };
    const token = await fetchToken(awsRequest(this.app, registration, registry, signal));
    const present = await this.presentRegistration(registry, registration);
    if (!belongsTo(registration, present)) {
      const answer = { username: token.username, secret: token.password };
      throw new IdentityChanged(registry.host, answer, changedFiles(registration, present));
    }
    const { username, password, expiresAt, clockSkew, sessionEndsAt } = token;
    const clock = readClock(files, now());
    // The age of the boot includes the time that the machine slept. Without it, the wall clock may have been set.
    const slept = clock.boot ? elapsed(began.clock, clock) : 0;
    const took = Math.max(performance.now() - began.timer, slept);
    return {
      format: entryFormat,
      identity: registration.identity,
      region: registry.region,
      username,
      secret: password,
      life: lifeOf(expiresAt, clockSkew, registration.minValidity, clock, took),
      ...(sessionEndsAt !== undefined && { sessionEndsAt: sessionEndsAt - clockSkew }),
    };
  }
}

interface SharedRegistration {
  readonly name: string | undefined;
  readonly rules: FileDependency | undefined;
  /** The stamp of config.yaml. */
  readonly stamp: string;
  readonly registration: Omit<ResolvedRegistration, "authorization">;
}

interface RegistryIdentity {
  readonly identity: Identity;
  /** Its name in config.yaml. */
  readonly name?: string;
  /** The file of replication rules, if the identity depends on them. */
  readonly rules?: FileDependency;
}

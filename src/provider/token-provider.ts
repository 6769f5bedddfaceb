import type { ConfigLocation } from "../aws/errors/diagnosis.ts";
import type { Config } from "../config/config.ts";
import { registrationFor } from "../config/registration.ts";
import { aliasTarget } from "../config/registries.ts";
import { isDeterminedByRules, registrationUnderRules } from "../config/replication.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
import type { ReadFiles } from "../profiles/config-files.ts";
import type { IdentityState } from "../profiles/dependencies.ts";
import { apiEndpoint } from "../registry/endpoint.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { readClock } from "../store/files/clock.ts";
import { tryLock } from "../store/files/lock.ts";
import { lockPath } from "../store/files/paths.ts";
import { pruneState } from "../store/tokens/prune.ts";
import { type FileDependency, fingerprint } from "../token/dependencies.ts";
import { type AuthorizationEntry, entryFormat } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { ambient, describeIdentity, type Identity } from "../token/identity.ts";
import { elapsed, lifeOf, lifeState } from "../token/life.ts";
import { retryConditions } from "./conditions.ts";
import type { AppContext, Deadlines, ObtainOptions } from "./context.ts";
import { fetchOnce } from "./fetch-once.ts";
import { IdentityChanged, type Registration } from "./get-token.ts";
import { IdentityStates } from "./identity-states.ts";
import { readStampedRules, type StampedRules } from "./replication-rules.ts";

/** A registration as those want it who renew in the background. */
export interface ResolvedRegistration extends Registration {
  /** Files whose change may end a failure and changes nothing of the identity. */
  readonly retryWhenChanged: readonly string[];
  /** The AWS files that the identity was found in. */
  readonly read: ReadFiles;
  /** Where config.yaml is, and where in it the identity. */
  readonly config: ConfigLocation;
  /** Files that the source of the credentials reads again while it fetches. */
  readonly reread: readonly FileDependency[];
}

/** What an `TokenProvider` goes by, where that is not simply what the files say at each step. */
export interface AskingOptions {
  config?(): Promise<StampedConfig>;
  rules?(): Promise<StampedRules>;
  /**
   * What was found of identities, for a caller that asks for many registries at one moment; absent: it is looked up
   * each time, so that a change shows.
   */
  readonly states?: Map<string, IdentityState>;
  /** Takes work that the caller's answer need not wait for; absent: it is waited for. */
  later?(work: Promise<void>): void;
}

/** Who asks AWS for a registry's token, and the asking: where config, aws and store meet. */
export class TokenProvider {
  private readonly identities: IdentityStates;
  /** What the registries of an identity have in common: there may be thousands. */
  private readonly shared = new WeakMap<IdentityState, SharedRegistration>();

  constructor(
    private readonly app: AppContext,
    private readonly options: AskingOptions = {},
  ) {
    this.identities = new IdentityStates(app, options.states);
  }

  /** @throws Failure where config.yaml can't be used */
  readonly resolveRegistration = async (registry: Registry): Promise<ResolvedRegistration> => {
    const { env, folders } = this.app;
    const { config, stamp } = await this.readStampedConfig();
    const { identity: asker, name, rules } = await this.identityFor(config, registry);
    const state = await this.identities.of(asker);
    const { kind, partition, region } = registry;
    // A token opens every registry that its principal may read in a region; public ones have their own kind.
    const authorization = fingerprint([state.key, kind, partition, region]).slice(0, 40);
    const known = this.shared.get(state);
    if (known && known.name === name && known.rules === rules && known.stamp === stamp)
      return { ...known.registration, authorization };
    const line = name === undefined ? undefined : config.identityLines[name];
    const configured = [{ path: folders.configFile, stamp }, ...(rules ? [rules] : [])];
    const { dependencies, retryWhenChanged, read, reread } = state;
    const described = describeIdentity(asker, env);
    const registration = {
      asker,
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
   * The registry under another name, which its token's file and every message then have. A config that
   * can't be read must not take Docker Hub's images away: then the other name is nobody's.
   */
  readonly aliased = async (host: string): Promise<Registry | undefined> => {
    try {
      const target = parseHost(aliasTarget((await this.readStampedConfig()).config, host) ?? "");
      return target && { ...target, host };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.app.log(`whether ${host} stands for an ECR registry can't be said: ${error.oneLine}`);
      return undefined;
    }
  };

  /** One call to AWS for all who ask at once. @throws Failure */
  async getOrFetchToken(
    registry: Registry,
    registration: ResolvedRegistration,
    deadlines: Deadlines,
    options: ObtainOptions = {},
  ): Promise<AuthorizationEntry> {
    const { files, env, folders, store, now, log } = this.app;
    const { later } = this.options;
    const key = registration.authorization;
    const isFresh = (entry: AuthorizationEntry) => lifeState(entry.life, readClock(files, now())) === "fresh";
    let pruning: Promise<void> | undefined;
    const obtained = await fetchOnce({
      tryLock: () => tryLock(folders.state, lockPath(folders.state, key)),
      readAuthorization: () => store.readAuthorization(key),
      writeAuthorization: async (entry) => {
        if (await options.unless?.()) return;
        await store.writeAuthorization(key, entry);
      },
      readFailure: () => store.readFailure(key),
      writeFailure: (entry) => store.writeFailure(key, entry),
      enough: options.enough ?? isFresh,
      fetch: () => {
        const fetched = this.fetchEntry(registry, registration, deadlines);
        // While AWS is waited for, since that is rare and takes long anyway.
        pruning = pruneState(folders.state, now(), Math.random());
        return fetched;
      },
      endpoint: apiEndpoint(registry).host,
      conditions: options.failureAnswers ? retryConditions(registration, files, env) : undefined,
      host: registry.host,
      now,
      // Spread, so that those who wait don't all look at the same moment.
      pause: () => Bun.sleep(15 + 20 * Math.random()),
      waitUntil: deadlines.turn,
      report: (failure) => {
        log(failure.oneLine);
        options.onWriteFailed?.(failure);
      },
    });
    if (pruning && later) later(pruning);
    else await pruning;
    return obtained;
  }

  /** Whether every identity of `states` is what it was when it was found, so that every registration still holds. */
  isUnchanged(): Promise<boolean> {
    return this.identities.isUnchanged();
  }

  private readStampedConfig(): Promise<StampedConfig> {
    const { files, folders } = this.app;
    return this.options.config?.() ?? readStamped(folders.configFile, files.stamp);
  }

  /** Who serves a registry by config.yaml; under another name, who serves what it stands for. */
  private async identityFor(config: Config, registry: Registry): Promise<ServingIdentity> {
    const target = parseHost(aliasTarget(config, registry.host) ?? registry.host) ?? registry;
    if (!isDeterminedByRules(config, target)) return registrationFor(config, target) ?? { identity: ambient };
    const { replicas, dependency } = await (this.options.rules?.() ?? readStampedRules(this.app, config));
    const found = registrationUnderRules(config, target, replicas) ?? { identity: ambient };
    return { ...found, rules: dependency };
  }

  private async fetchEntry(
    registry: Registry,
    asked: ResolvedRegistration,
    { fetch, signal: given }: Deadlines,
  ): Promise<AuthorizationEntry> {
    const { files, env, home, now } = this.app;
    const { fetchToken } = await import("../aws/calls/fetch-token.ts");
    const limit = AbortSignal.timeout(Math.max(1, fetch - now()));
    const signal = given ? AbortSignal.any([given, limit]) : limit;
    const began = { clock: readClock(files, now()), timer: performance.now() };
    const request = {
      registry,
      identity: asked.asker,
      config: asked.config,
      env,
      home,
      now,
      signal,
      files: asked.read,
      refuseFile,
    };
    const token = await fetchToken(request);
    if (!isStillOf(asked, await this.resolveRegistration(registry))) {
      throw new IdentityChanged(registry.host, { username: token.username, secret: token.password });
    }
    const { username, password, expiresAt, clockSkew, sessionEndsAt } = token;
    const clock = readClock(files, now());
    // The age of the boot counts the machine's sleep too; where there is none, the wall clock may have been set.
    const slept = clock.boot ? elapsed(began.clock, clock) : 0;
    const took = Math.max(performance.now() - began.timer, slept);
    return {
      format: entryFormat,
      identity: asked.identity,
      region: registry.region,
      username,
      secret: password,
      life: lifeOf(expiresAt, clockSkew, asked.minValidity, clock, took),
      ...(sessionEndsAt !== undefined && { sessionEndsAt: sessionEndsAt - clockSkew }),
    };
  }
}

/**
 * Whether a token that was fetched is that identity's: what was read before gave the credentials, but their source may
 * have read a file again when it was another one, even if it is the same again by now.
 */
function isStillOf(asked: ResolvedRegistration, now: ResolvedRegistration): boolean {
  return now.authorization === asked.authorization && Bun.deepEquals(now.reread, asked.reread);
}

interface SharedRegistration {
  readonly name: string | undefined;
  readonly rules: FileDependency | undefined;
  /** Of config.yaml. */
  readonly stamp: string;
  readonly registration: Omit<ResolvedRegistration, "authorization">;
}

interface ServingIdentity {
  readonly identity: Identity;
  /** In config.yaml. */
  readonly name?: string;
  /** The file of replication rules, where these had a say in it. */
  readonly rules?: FileDependency;
}

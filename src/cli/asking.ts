import { identityState } from "../aws/dependencies.ts";
import type { Config } from "../config/config.ts";
import type { Folders } from "../config/folders.ts";
import { aliasTarget } from "../config/kept.ts";
import { readConfig } from "../config/read.ts";
import { registrationFor } from "../config/registration.ts";
import { IdentityChanged, type Registration } from "../helper/cold-get.ts";
import { apiEndpoint } from "../registry/endpoint.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { readBootId, readClock } from "../store/clock.ts";
import { fetchOnce } from "../store/fetch-once.ts";
import { lockPath } from "../store/files.ts";
import { tryLock } from "../store/lock.ts";
import { pruneState } from "../store/prune.ts";
import type { QuickFiles } from "../store/quick-files.ts";
import type { TokenStore } from "../store/token-store.ts";
import { type Environment, fingerprint } from "../token/dependencies.ts";
import { type AuthorizationEntry, entryFormat } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { ambient, describeIdentity, type Identity } from "../token/identity.ts";
import { lifeOf, lifeState } from "../token/life.ts";

/** What the whole program has of the world. */
export interface Surroundings {
  readonly files: QuickFiles;
  readonly env: Environment;
  /** The folder that holds `.aws`. */
  readonly home: string;
  readonly folders: Folders;
  readonly store: TokenStore;
  now(): number;
  log(line: string): void;
}

/** How long it may take, in milliseconds since the epoch. */
export interface Deadlines {
  /** The end of the talk with AWS. */
  readonly fetch: number;
  /** No longer than this is a lock's holder waited for. */
  readonly turn: number;
}

/** Failures that are AWS's own word about an identity, not the network's about a machine. */
const awsAnswers: ReadonlySet<string> = new Set([
  "ACCESS_DENIED",
  "AWS_FAULT",
  "AWS_REFUSED",
  "KEYS_UNKNOWN",
  "KEYS_WRONG",
  "REGION_NOT_ENABLED",
  "ROLE_DENIED",
  "SESSION_EXPIRED",
  "SSO_EXPIRED",
  "THROTTLED",
]);

/** Who asks AWS for a registry's token, and the asking: where config, aws and store meet. */
export class Asking {
  constructor(private readonly around: Surroundings) {}

  /** @throws Failure where config.yaml can't be used */
  readonly registrationOf = async (registry: Registry): Promise<Registration> => {
    const { files, env, home, folders } = this.around;
    const { configFile } = folders;
    const configDependency = { path: configFile, stamp: files.stamp(configFile) };
    const config = await readConfig(configFile);
    const { identity: asker, name } = identityFor(config, registry);
    const { key, dependencies } = await identityState(asker, env, home, files.stamp, readBootId(files));
    const { kind, partition, region } = registry;
    const described = describeIdentity(asker, env);
    return {
      asker,
      identity: name === undefined ? described : `${name} (${described})`,
      // A token opens every registry that its principal may read in a region; public ones have their own kind.
      authorization: fingerprint([key, kind, partition, region]).slice(0, 40),
      dependencies: { ...dependencies, files: [...dependencies.files, configDependency] },
      minValidity: config.minValidity,
    };
  };

  /**
   * The registry under another name, which its token's file and every message then have. A config that
   * can't be read must not take Docker Hub's images away: then the other name is nobody's.
   */
  readonly aliased = async (host: string): Promise<Registry | undefined> => {
    try {
      const target = parseHost(aliasTarget(await readConfig(this.around.folders.configFile), host) ?? "");
      return target && { ...target, host };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.around.log(`whether ${host} stands for an ECR registry can't be said: ${error.oneLine}`);
      return undefined;
    }
  };

  /** One call to AWS for all who ask at once. @throws Failure */
  obtain(
    registry: Registry,
    registration: Registration,
    { fetch, turn }: Deadlines,
  ): Promise<AuthorizationEntry> {
    const { files, folders, store, now, log } = this.around;
    const key = registration.authorization;
    return fetchOnce({
      tryLock: () => tryLock(folders.state, lockPath(folders.state, key)),
      readAuthorization: () => store.readAuthorization(key),
      writeAuthorization: async (entry) => {
        await store.writeAuthorization(key, entry);
        // Here, since whoever has just asked AWS has the time, and does it seldom.
        await pruneState(folders.state, now());
      },
      readFailure: () => store.readFailure(key),
      writeFailure: (entry) => store.writeFailure(key, entry),
      enough: (entry) => lifeState(entry.life, readClock(files, now())) === "fresh",
      fetch: () => this.fetchEntry(registry, registration, fetch),
      endpoint: apiEndpoint(registry).host,
      host: registry.host,
      isEverybodys: (code) => awsAnswers.has(code),
      now,
      // Spread, so that those who wait don't all look at the same moment.
      pause: () => Bun.sleep(15 + 20 * Math.random()),
      waitUntil: turn,
      report: (failure) => log(failure.oneLine),
    });
  }

  private async fetchEntry(
    registry: Registry,
    asked: Registration,
    until: number,
  ): Promise<AuthorizationEntry> {
    const { files, env, home, now } = this.around;
    const { fetchToken } = await import("../aws/fetch-token.ts");
    const signal = AbortSignal.timeout(Math.max(1, until - now()));
    const token = await fetchToken({ registry, identity: asked.asker, env, home, now, signal });
    // The files may have been edited after the key was made and before the credentials were read.
    if ((await this.registrationOf(registry)).authorization !== asked.authorization) {
      throw new IdentityChanged(registry.host, { username: token.username, secret: token.password });
    }
    const { username, password, expiresAt, clockSkew, sessionEndsAt } = token;
    return {
      format: entryFormat,
      identity: asked.identity,
      region: registry.region,
      username,
      secret: password,
      life: lifeOf(expiresAt, clockSkew, asked.minValidity, readClock(files, now())),
      ...(sessionEndsAt !== undefined && { sessionEndsAt: sessionEndsAt - clockSkew }),
    };
  }
}

/** Who serves a registry by config.yaml; under another name, who serves what it stands for. */
function identityFor(config: Config, registry: Registry): { identity: Identity; name?: string } {
  const target = parseHost(aliasTarget(config, registry.host) ?? registry.host) ?? registry;
  return registrationFor(config, target) ?? { identity: ambient };
}

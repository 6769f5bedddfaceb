import { CallLog } from "./calls.ts";
import type { Cast, ReplicationRule, Role, SsoSession } from "./cast.ts";
import { CredentialBook } from "./credentials.ts";
import { Disturbances } from "./disturbances.ts";
import { TokenBook } from "./tokens.ts";

/** What can be set at any time; `set` of the controls takes any part of it. */
export interface Settings {
  /** How long a new authorization token lives; default 43,200. */
  tokenLifeSeconds: number;
  /** How long every new session lives, whatever was asked for; 0, the default: as asked for. */
  sessionLifeSeconds: number;
  /** What is added to the clock, in milliseconds. */
  clockOffsetMs: number;
  /** Whether a token dies with the session that asked for it: AWS does not say. Default false. */
  tokensEndWithSession: boolean;
  /** The most that IMDS grants a session token, in seconds; default 21,600. */
  imdsTokenSeconds: number;
}

export const defaultSettings: Readonly<Settings> = {
  tokenLifeSeconds: 43_200,
  sessionLifeSeconds: 0,
  clockOffsetMs: 0,
  tokensEndWithSession: false,
  imdsTokenSeconds: 21_600,
};

/** All that the stand-in's services share. */
export class World {
  readonly cast: Cast;
  readonly credentials: CredentialBook;
  readonly tokens = new TokenBook();
  readonly disturbances = new Disturbances();
  readonly calls = new CallLog();
  readonly settings: Settings;
  /** By "ACCOUNT/REGION". */
  readonly replication: Map<string, readonly ReplicationRule[]>;
  readonly roles: Map<string, Role>;
  readonly ssoSessions: SsoSession[];
  readonly #initialSettings: Settings;
  readonly #clock: () => number;

  /** @param clock milliseconds since the epoch */
  constructor(cast: Cast, settings: Partial<Settings>, clock: () => number) {
    this.cast = cast;
    this.credentials = new CredentialBook(cast.users);
    this.#initialSettings = { ...defaultSettings, ...settings };
    this.settings = { ...this.#initialSettings };
    this.replication = new Map(Object.entries(cast.replication));
    this.roles = new Map(cast.roles.map((role) => [role.arn, role]));
    this.ssoSessions = [...cast.ssoSessions];
    this.#clock = clock;
  }

  /** Milliseconds since the epoch, by the stand-in's clock. */
  now(): number {
    return this.#clock() + this.settings.clockOffsetMs;
  }

  /** Forgets the calls and undoes the settings, disturbances and replication; who there is and what was given out stays. */
  reset(): void {
    Object.assign(this.settings, this.#initialSettings);
    this.disturbances.clear();
    this.calls.clear();
    this.replication.clear();
    for (const [registry, rules] of Object.entries(this.cast.replication)) {
      this.replication.set(registry, rules);
    }
  }

  /** @returns when a session that starts now ends, in milliseconds since the epoch */
  sessionEnd(askedSeconds: number): number {
    return this.now() + (this.settings.sessionLifeSeconds || askedSeconds) * 1000;
  }

  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }
}

import { CallLog } from "./calls.ts";
import type { Cast, ReplicationRule, Role, SsoSession } from "./cast.ts";
import { CredentialBook } from "./credentials.ts";
import { Disturbances } from "./disturbances.ts";
import { TokenBook } from "./tokens.ts";

/** The settings; `set` of the controls accepts any part of them at any time. */
export interface Settings {
  /** The lifetime of new authorization tokens in seconds; default 43,200. */
  tokenLifeSeconds: number;
  /** The lifetime of new sessions in seconds, regardless of the request; 0, the default: as requested. */
  sessionLifeSeconds: number;
  /** The offset of the clock, in milliseconds. */
  clockOffsetMs: number;
  /** Whether a token expires with the session that requested it; AWS does not document this. Default false. */
  tokensEndWithSession: boolean;
  /** The maximum lifetime of IMDS session tokens, in seconds; default 21,600. */
  imdsTokenSeconds: number;
}

export const defaultSettings: Readonly<Settings> = {
  tokenLifeSeconds: 43_200,
  sessionLifeSeconds: 0,
  clockOffsetMs: 0,
  tokensEndWithSession: false,
  imdsTokenSeconds: 21_600,
};

/** The shared state of the stand-in's services. */
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

  /** Clears the calls, and resets settings, disturbances and replication. Principals and issued tokens remain. */
  reset(): void {
    Object.assign(this.settings, this.#initialSettings);
    this.disturbances.clear();
    this.calls.clear();
    this.replication.clear();
    for (const [registry, rules] of Object.entries(this.cast.replication)) {
      this.replication.set(registry, rules);
    }
  }

  /** @returns the expiry of a session that starts now, in milliseconds since the epoch */
  sessionEnd(askedSeconds: number): number {
    return this.now() + (this.settings.sessionLifeSeconds || askedSeconds) * 1000;
  }

  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }
}

import { explicitLogin } from "../managed/logins.ts";
import type { RegistryRow, RegistryRows } from "../managed/registry-rows.ts";
import { decideRenewal } from "../refresher/due.ts";
import type { Job } from "../refresher/job.ts";
import type { Origin } from "../refresher/managed-registry.ts";
import { registryNamedIn, tokenTimes } from "../refresher/renewal-failure.ts";
import type { GroupState } from "../refresher/state.ts";
import type { FailedGet } from "../store/state/failed-gets.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import type { AuthorizationEntry, FailureEntry } from "../token/entry.ts";
import type { FailureNote } from "../token/failure.ts";
import { type Clock, type Life, lifeState, timeLeft, withMinValidity } from "../token/life.ts";

/** A registry's token. Times in milliseconds since the epoch. */
export interface ShownToken {
  /** Its host. */
  readonly registry: string;
  /** Absent: a public registry. */
  readonly account?: string;
  /** Absent: an alias, while config.yaml is invalid. */
  readonly region?: string;
  readonly identity: string;
  /** Why it is managed. Absent: config.yaml is invalid, so that is unknown. */
  readonly origin?: Origin | "requested" | "login";
  /** Only for a replication target: the host whose rules name it. */
  readonly source?: string;
  /** 0: there is no token, or it has expired. */
  readonly secondsLeft: number;
  /** The lifetime of the stored token. */
  readonly lifeSeconds?: number;
  /** When the last token expires or has expired. */
  readonly expiresAt?: number;
  /** When the registry refused the token, which no client can use any more. */
  readonly refusedAt?: number;
  /** When the last token was issued. */
  readonly lastRenewedAt?: number;
  /** Whether it is valid for at least `minValidity` of config.yaml, and its registry has not refused it. */
  readonly isFresh: boolean;
  /** When the daemon tries to renew it; in the past: in its next pass. */
  readonly nextRenewalAt?: number;
  /** The daemon has just started, and waits with the request to spread those of a fleet. */
  readonly isSpread?: true;
  /** The failure of the last attempt. Absent: it succeeded. */
  readonly lastError?: LastError;
  /** When the first of the attempts since the last token failed. */
  readonly failingSince?: number;
  /** Why it is not renewed in the background. */
  readonly notRenewed?: FailureNote;
  /** A `docker login` that is used instead of the token. */
  readonly login?: { readonly expiresAt: number; readonly note: string };
}

export interface LastError extends FailureNote {
  /** The failure is of a client's `get`, not of a renewal. */
  readonly isGet?: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Reads each authorization token once, however many registries use it. */
export class Tokens {
  private readonly known = new Map<string, Promise<Known>>();

  constructor(
    private readonly stored: StoredTokens,
    private readonly shown: RegistryRows,
    private readonly groups: Readonly<Record<string, GroupState>>,
    private readonly clock: Clock,
    private readonly failedGets: ReadonlyMap<string, FailedGet>,
  ) {}

  async of(registry: RegistryRow, isRunning: boolean): Promise<ShownToken> {
    const { host, authorization, unattended, ...described } = registry;
    const { clock, shown, stored } = this;
    const { entry, failed } = await this.knownOf(authorization);
    const group = this.groups[authorization];
    const own = entry ? undefined : await stored.store.readRegistry(host);
    const cached = entry?.life ?? (own?.authorization === authorization ? own.life : undefined);
    const life = cached && shown.loaded ? withMinValidity(cached, shown.loaded.managed.minValidity) : cached;
    const times = tokenTimes(life, group?.issue, clock);
    return {
      registry: host,
      ...described,
      ...lifeOf(life, clock),
      ...(times && { expiresAt: times.expiresAt, lastRenewedAt: times.issuedAt }),
      ...(times?.refusedAt !== undefined && { refusedAt: times.refusedAt, isFresh: false }),
      ...(isRunning && group && nextRenewal(entry, group, life, clock)),
      ...failureSince(host, times?.issuedAt ?? 0, failed, group),
      ...(unattended && { notRenewed: unattended }),
      ...this.failedGet(host, times?.issuedAt ?? 0, failed?.at ?? group?.failure?.at ?? 0),
      ...(await this.login(host)),
    };
  }

  /** A registry that is not managed: a `get` for it failed, or it has an explicit login. */
  async ofOther(
    registry: Pick<ShownToken, "registry" | "account" | "region" | "identity">,
  ): Promise<ShownToken> {
    const { registry: host } = registry;
    const login = await this.login(host);
    const left = login.login ? Math.floor((login.login.expiresAt - this.clock.now) / 1000) : 0;
    return {
      ...registry,
      origin: login.login ? "login" : "requested",
      secondsLeft: left,
      isFresh: left > 0,
      ...this.failedGet(host, 0, 0),
      ...login,
    };
  }

  private failedGet(
    host: string,
    issuedAt: number,
    other: number,
  ): Pick<ShownToken, "lastError" | "failingSince"> {
    const failed = this.failedGets.get(host);
    if (!failed || failed.at < Math.max(issuedAt, other)) return {};
    const { code, what, fix, at, since } = failed;
    return { lastError: { code, what, fix, at, isGet: true }, failingSince: Math.max(since, issuedAt) };
  }

  /** An explicit login. If its password is not an ECR token, that is an error: no registry accepts it. */
  private async login(host: string): Promise<Pick<ShownToken, "login" | "lastError">> {
    const found = await explicitLogin(host, this.stored);
    if (!found) return {};
    const { life, note, failure } = found;
    const login = { expiresAt: life.expiresAt, note };
    if (!failure) return { login };
    const { code, message, fix } = failure;
    return { login, lastError: { code, what: message, fix, at: life.issuedAt, isGet: true } };
  }

  private knownOf(authorization: string): Promise<Known> {
    const { store } = this.stored;
    const known = this.known.get(authorization) ?? readKnown(store, authorization);
    this.known.set(authorization, known);
    return known;
  }
}

interface Known {
  readonly entry: AuthorizationEntry | undefined;
  readonly failed: FailureEntry | undefined;
}

async function readKnown(
  { readAuthorization, readFailure }: StoredTokens["store"],
  key: string,
): Promise<Known> {
  return { entry: await readAuthorization(key), failed: await readFailure(key) };
}

function lifeOf(life: Life | undefined, clock: Clock) {
  if (!life) return { secondsLeft: 0, isFresh: false };
  return {
    secondsLeft: Math.floor(timeLeft(life, clock) / 1000),
    lifeSeconds: Math.floor((life.expiresAt - life.issuedAt) / 1000),
    isFresh: lifeState(life, clock) === "fresh",
  };
}

/**
 * The last failure since the token was fetched. It may name another registry that shares the token: each row names its
 * own.
 */
function failureSince(
  host: string,
  issuedAt: number,
  failed: FailureEntry | undefined,
  group: GroupState | undefined,
): Pick<ShownToken, "lastError" | "failingSince"> {
  const renewalFailure = group?.failure;
  const [last] = [failed, renewalFailure]
    .filter((one) => one !== undefined && one.at >= issuedAt)
    .sort((a, b) => (b?.at ?? 0) - (a?.at ?? 0));
  if (!last) return {};
  const { code, what, fix, at } = last;
  const namedHost = registryNamedIn(what);
  const own = namedHost === undefined ? what : what.replaceAll(namedHost, host);
  const since =
    renewalFailure && renewalFailure.at >= issuedAt ? Math.max(renewalFailure.since, issuedAt) : at;
  return { lastError: { code, what: own, fix, at }, failingSince: Math.min(since, at) };
}

/**
 * When the daemon fetches a token: its scheduled renewal, or the end of a wait. If the conditions of a failure change,
 * the daemon detects that within a minute, which is not included here.
 */
function nextRenewal(
  entry: AuthorizationEntry | undefined,
  group: GroupState,
  life: Life | undefined,
  clock: Clock,
): Pick<ShownToken, "nextRenewalAt" | "isSpread"> {
  const job = { conditions: group.failure?.conditions ?? "" } as Job;
  const { dueIn, waitsFor } = decideRenewal(job, entry && life && { ...entry, life }, group, clock);
  return { nextRenewalAt: clock.now + dueIn, ...(waitsFor === "splay" && { isSpread: true }) };
}

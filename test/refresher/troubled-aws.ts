import { type AuthorizationEntry, entryFormat } from "../../src/token/entry.ts";
import { Failure } from "../../src/token/failure.ts";
import { type Clock, lifeOf } from "../../src/token/life.ts";
import { hour } from "../support/fakes/clock.ts";
import { isSignedIn } from "./excuse.ts";
import { isWithin, type Schedule } from "./schedule.ts";

/** Milliseconds: of a token. */
export const life = 12 * hour;

/** The moment 0 of a schedule; milliseconds since the epoch, by AWS's clock. */
export const start = Date.UTC(2026, 0, 15);

export interface CallCounts {
  issued: number;
  throttled: number;
  unanswered: number;
  ssoRefused: number;
}

/** AWS as a schedule has it: with outages, throttling and sessions that end. */
export class TroubledAws {
  readonly #expiry = new Map<string, number>();
  #serial = 0;

  constructor(
    private readonly schedule: Schedule,
    private readonly counts: CallCounts,
    private readonly random: () => number,
  ) {}

  /** @throws Failure */
  answer(key: string, at: number, clock: Clock): AuthorizationEntry {
    const { outages, throttlings } = this.schedule;
    const [identity = 0, region = 0] = key.split("/").map(Number);
    if (!isSignedIn(this.schedule, { identity }, at)) {
      this.counts.ssoRefused++;
      throw new Failure("SSO_EXPIRED", "the SSO session has ended", "aws sso login");
    }
    if (isWithin(outages[region] ?? [], at)) {
      this.counts.unanswered++;
      throw new Failure("UNREACHABLE", "AWS is not there", "wait");
    }
    if (isWithin(throttlings[region] ?? [], at) && this.random() < 0.7) {
      this.counts.throttled++;
      throw new Failure("THROTTLED", "too many calls", "wait");
    }
    this.counts.issued++;
    this.#expiry.set(key, at + life);
    // AWS's clock is correct; the machine's may be wrong.
    const skew = start + at - clock.now;
    return {
      ...{ format: entryFormat, identity: "x", region: "x", username: "AWS", secret: `${++this.#serial}` },
      life: lifeOf(start + at + life, skew, hour, clock),
    };
  }

  /** By AWS's own clock. */
  isExpired(key: string, at: number): boolean {
    return at >= (this.#expiry.get(key) ?? 0);
  }
}

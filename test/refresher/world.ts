import type { Job } from "../../src/refresher/job.ts";
import { refreshPass } from "../../src/refresher/pass.ts";
import type { RefreshPorts } from "../../src/refresher/ports.ts";
import { emptyState, parseState, type RefresherState, startState } from "../../src/refresher/state.ts";
import type { AuthorizationEntry } from "../../src/token/entry.ts";
import { type Clock, lifeOf, lifeState, timeLeft } from "../../src/token/life.ts";
import { hour, minute, second } from "../support/fakes/clock.ts";
import { isExcused, isSignedIn } from "./excuse.ts";
import { drawSchedule, isWithin, type Schedule } from "./schedule.ts";
import { jobOf } from "./support.ts";
import { type CallCounts, life, start, TroubledAws } from "./troubled-aws.ts";

const never = new AbortController().signal;

export interface Counts {
  /** Calls of a clairvoyant who renews at half-life, never in vain. */
  minimum: number;
  gets: number;
  /** `get`s that had to ask AWS, for a reason that excuses it. */
  excused: number;
}

interface Group {
  readonly identity: number;
  readonly region: number;
  job: Job;
  /** Since when something other than AWS came between, until a token is fresh and not overdue again. */
  troubledSince: number | undefined;
  clairvoyant: AuthorizationEntry["life"] | undefined;
}

/** A machine with its daemon and its builds, and the AWS that it asks; time goes by in minutes. */
export class World {
  readonly counts: Counts & CallCounts = {
    ...{ issued: 0, throttled: 0, unanswered: 0, ssoRefused: 0, minimum: 0, gets: 0, excused: 0 },
  };
  /** Milliseconds, over all groups, for which a renewal was due and nothing could come of it. */
  readonly waited = { outage: 0, signedOut: 0 };
  /** What must never happen. */
  readonly violations: string[] = [];
  private readonly held = new Map<string, AuthorizationEntry>();
  private readonly aws: TroubledAws;
  private readonly groups: Group[] = [];
  private readonly schedule: Schedule;
  private jobs: Job[] = [];
  private state: RefresherState = emptyState;
  private at = 0;
  private boot = { id: "boot 0", at: -5 * hour };
  private offset = 0;
  private wakeAt = 0;
  private hasHappened = true;

  constructor(
    private readonly days: number,
    identities: number,
    regions: number,
    private readonly random: () => number,
    /** Leaves out the passes before the moment that the last one named, unless something has happened. */
    private readonly asTold = false,
  ) {
    this.schedule = drawSchedule(days, identities, regions, random);
    this.aws = new TroubledAws(this.schedule, this.counts, random);
    for (let identity = 0; identity < identities; identity++) {
      for (let region = 0; region < regions; region++) {
        const job = jobOf(`${identity}/${region}/0`, { region: `region-${region}` });
        this.groups.push({ identity, region, job, troubledSince: 0, clairvoyant: undefined });
      }
    }
    this.jobs = this.groups.map(({ job }) => job);
  }

  async run(): Promise<void> {
    let before = -1;
    for (let tick = 0; tick < this.days * 24 * 60; tick++) {
      this.at = tick * minute;
      const wasAsleep = before >= 0 && isWithin(this.schedule.sleeps, before);
      this.happen(before, this.at);
      before = this.at;
      if (isWithin(this.schedule.sleeps, this.at)) continue;
      if (wasAsleep) this.trouble(() => true);
      if (!this.asTold || this.hasHappened || this.clock().now >= this.wakeAt) await this.pass();
      this.convertEncryption();
      for (let get = 0; get < 3; get++) this.get(Math.floor(this.random() * this.groups.length));
    }
  }

  private async pass(): Promise<void> {
    this.hasHappened = false;
    const { state, report } = await refreshPass(this.ports, this.jobs, this.state, this.random);
    this.state = state;
    this.wakeAt = report.wakeAt ?? 0;
  }

  private clock = (): Clock => {
    const now = start + this.at + this.offset;
    return { now, boot: { id: this.boot.id, uptime: this.at - this.boot.at } };
  };

  /** What the schedule has between two moments. */
  private happen(from: number, to: number): void {
    const { steps, ssoEnded, rotations, erases, restarts } = this.schedule;
    const isNow = ({ at }: { at: number }) => from < at && at <= to;
    const offset = steps.reduce((sum, { span, by }) => sum + (isWithin([span], to) ? by : 0), 0);
    if (offset !== this.offset) this.trouble(() => true);
    this.offset = offset;
    for (const { reboot } of restarts.filter(isNow)) {
      this.hasHappened = true;
      if (reboot) this.boot = { id: `boot ${to}`, at: to };
      this.state = startState(parseState(JSON.parse(JSON.stringify(this.state))), 0, this.clock());
    }
    for (const { identity } of rotations.filter(isNow)) this.rekey(identity);
    for (const { group } of erases.filter(isNow)) {
      const erased = this.groups[group];
      if (!erased) continue;
      this.held.delete(erased.job.key);
      erased.clairvoyant = undefined;
      this.trouble((group) => group === erased);
    }
    for (const [identity, spans] of ssoEnded) {
      for (const [begins, ends] of spans) {
        if (from < begins && begins <= to) this.trouble((group) => group.identity === identity);
        // Signing in again changes a file, but not the identity.
        if (from < ends && ends <= to) this.recondition(identity, `signed in at ${ends}`);
      }
    }
  }

  private trouble(whom: (group: Group) => boolean): void {
    this.hasHappened = true;
    for (const group of this.groups) if (whom(group)) group.troubledSince = this.at;
  }

  private rekey(identity: number): void {
    for (const group of this.groups) {
      if (group.identity !== identity) continue;
      group.job = { ...group.job, key: `${identity}/${group.region}/${this.at}` };
      group.clairvoyant = undefined;
    }
    this.trouble((group) => group.identity === identity);
    this.jobs = this.groups.map(({ job }) => job);
  }

  private recondition(identity: number, conditions: string): void {
    for (const group of this.groups) {
      if (group.identity === identity) group.job = { ...group.job, conditions };
    }
    this.trouble((group) => group.identity === identity);
    this.jobs = this.groups.map(({ job }) => job);
  }

  private readonly ports: RefreshPorts = {
    clock: this.clock,
    read: async () => this.held,
    isPlanned: () => true,
    renew: async ({ key }, _seen, { isSuperseded }) => {
      const entry = this.aws.answer(key, this.at, this.clock());
      if (!(await isSuperseded())) this.held.set(key, entry);
      return entry;
    },
    publish: async () => {},
    check: async () => "accepted",
    deadline: () => never,
  };

  /** After a pass: who is well again, and what the clairvoyant would have done. */
  private convertEncryption(): void {
    const clock = this.clock();
    for (const group of this.groups) {
      if (group.troubledSince !== undefined && isSignedIn(this.schedule, group, this.at)) {
        const { life } = this.held.get(group.job.key) ?? {};
        const isWell = life && lifeState(life, clock) === "fresh" && timeLeft(life, clock) > 6 * hour;
        if (isWell) group.troubledSince = undefined;
      }
      const { clairvoyant } = group;
      const isDue =
        !clairvoyant || timeLeft(clairvoyant, clock) <= life / 2 || lifeState(clairvoyant, clock) !== "fresh";
      if (!isDue) continue;
      if (!isSignedIn(this.schedule, group, this.at)) {
        this.waited.signedOut += minute;
        continue;
      }
      if (isWithin(this.schedule.outages[group.region] ?? [], this.at)) {
        this.waited.outage += minute;
        continue;
      }
      group.clairvoyant = lifeOf(clock.now + life, 0, hour, clock);
      this.counts.minimum++;
    }
  }

  /** A build pulls, somewhen in the minute that follows. */
  private get(index: number): void {
    const group = this.groups[index];
    if (!group) return;
    const tick = this.at;
    this.at += this.random() * 59 * second;
    this.counts.gets++;
    const { key } = group.job;
    const entry = this.held.get(key);
    const state = entry ? lifeState(entry.life, this.clock()) : "expired";
    if (state !== "expired" && this.aws.isExpired(key, this.at)) this.violate(group, "an expired token");
    if (state !== "fresh") {
      if (isExcused(this.schedule, group, this.at)) this.counts.excused++;
      else this.violate(group, `a token that is ${entry ? state : "absent"}`);
      this.hasHappened = true;
      try {
        this.held.set(key, this.aws.answer(key, this.at, this.clock()));
      } catch {
        // It returns the valid token, or fails.
      }
    }
    this.at = tick;
  }

  private violate({ job }: Group, what: string): void {
    this.violations.push(`at ${(this.at / hour).toFixed(2)} h ${job.key} had ${what}`);
  }
}

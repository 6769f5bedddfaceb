import type { Job } from "../../src/refresher/job.ts";
import type { PassReport, RefreshPorts } from "../../src/refresher/ports.ts";
import type { AuthorizationEntry } from "../../src/token/entry.ts";
import { type Clock, lifeOf } from "../../src/token/life.ts";
import { hour, SettableClock } from "../support/fakes/clock.ts";
import { authorizationEntry } from "../support/fakes/entries.ts";
import { registryAt } from "../support/fakes/registries.ts";

/** Numbers from 0 up to 1 that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function jobOf(key: string, with_: Partial<Job> = {}): Job {
  const registry = registryAt("111122223333.dkr.ecr.us-east-1.amazonaws.com");
  return {
    ...{
      key,
      identity: `profile ${key}`,
      region: "us-east-1",
      endpointRegistry: registry,
      registries: [registry],
    },
    ...{ conditions: "as they were", revision: "first" },
    ...with_,
  };
}

let serial = 0;

/** A token issued now, unlike any other. */
export function tokenOf(clock: Clock, length = 12 * hour, with_: Partial<AuthorizationEntry> = {}) {
  const life = lifeOf(clock.now + length, 0, hour, clock);
  return authorizationEntry({ life, secret: `made-up token ${++serial}`, ...with_ });
}

/** Folders in memory and an AWS that answers at once; a test replaces what it wants otherwise. */
export class MemoryPorts implements RefreshPorts {
  readonly time = new SettableClock();
  readonly held = new Map<string, AuthorizationEntry>();
  readonly files = new Map<string, string>();
  readonly asked: string[] = [];
  readonly deadlines: AbortController[] = [];
  /** What AWS answers for a key; throws to refuse. */
  answer: (job: Job) => AuthorizationEntry | Promise<AuthorizationEntry> = () => tokenOf(this.clock());
  isJobPlanned = true;
  /** What a registry says of each token that it is asked about. */
  verdict: RefreshPorts["check"] = async () => "accepted";
  readonly checked: string[] = [];

  clock = () => this.time.read();
  read = async () => this.held;
  isPlanned = () => this.isJobPlanned;

  renew: RefreshPorts["renew"] = async (job, _seen, { isSuperseded }) => {
    this.asked.push(job.key);
    const entry = await this.answer(job);
    if (!(await isSuperseded())) this.held.set(job.key, entry);
    return entry;
  };

  publish: RefreshPorts["publish"] = async (job, entry, { isSuperseded }) => {
    for (const { host } of job.registries) if (!(await isSuperseded())) this.files.set(host, entry.secret);
  };

  check: RefreshPorts["check"] = (job, entry, signal) => {
    this.checked.push(job.key);
    return this.verdict(job, entry, signal);
  };

  deadline = () => {
    const controller = new AbortController();
    this.deadlines.push(controller);
    return controller.signal;
  };
}

/** What a report says, by key. */
export function told({ renewed, failed, superseded, skipped }: PassReport) {
  const keys = (jobs: readonly Job[]) => jobs.map(({ key }) => key);
  return {
    renewed: keys(renewed),
    failed: failed.map(({ job, failure, step }) => `${job.key} ${step} ${failure.code}`),
    superseded: keys(superseded),
    skipped: keys(skipped),
  };
}

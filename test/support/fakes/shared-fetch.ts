import type { SharedFetch } from "../../../src/provider/fetch-once.ts";
import type { Release } from "../../../src/store/files/lock.ts";
import { Failure } from "../../../src/token/failure.ts";
import type { FailureCode } from "../../../src/token/failure-codes.ts";
import { SettableClock, second } from "./clock.ts";
import { authorizationEntry } from "./entries.ts";
import { MemoryStore } from "./memory-store.ts";

const key = "shared-key";

/** Simulates several processes that request one token, with a shared lock, store and AWS. */
export class SharedWorld {
  readonly clock = new SettableClock();
  readonly store = new MemoryStore();
  readonly reported: string[] = [];
  calls = 0;
  /** Whether another process holds the lock. */
  held = false;
  /** If set, locking fails with it. */
  lockBroken: Failure | undefined;
  /** The response of AWS. */
  answer: () => Promise<string> = async () => `secret ${this.calls}`;

  /** Starts another process; each check of the lock takes 20 ms of simulated time. */
  process(with_: Partial<SharedFetch> = {}): SharedFetch {
    let looks = 0;
    const began = this.clock.now;
    const wait = async () => {
      this.clock.pass(20);
      await with_.wait?.();
      if (++looks > 1000) throw new Error("it waits for ever");
    };
    return {
      tryLock: async () => this.tryLock(),
      readAuthorization: () => this.store.readAuthorization(key),
      writeAuthorization: (entry) => this.store.writeAuthorization(key, entry),
      readFailure: () => this.store.readFailure(key),
      writeFailure: (entry) => this.store.writeFailure(key, entry),
      isSufficient: () => true,
      fetch: async () => {
        this.calls++;
        return authorizationEntry({ secret: await this.answer() });
      },
      host: "111122223333.dkr.ecr.us-east-1.amazonaws.com",
      endpoint: "api.ecr.us-east-1.amazonaws.com",
      conditions: "as they were",
      now: () => this.clock.now,
      isWaitOver: () => this.clock.now >= began + 10 * second,
      report: (failure) => this.reported.push(failure.code),
      ...with_,
      wait,
    };
  }

  /** Makes AWS fail, after a call of `after`. */
  refuse(code: FailureCode, after: () => unknown = () => undefined): void {
    this.answer = async () => {
      after();
      throw new Failure(code, `call ${this.calls} was refused`, "allow it");
    };
  }

  private tryLock(): Release | undefined {
    if (this.lockBroken) throw this.lockBroken;
    if (this.held) return undefined;
    this.held = true;
    return () => {
      this.held = false;
    };
  }
}

import { Random } from "./random.ts";

/** What JSON can hold, so that a failing input can be kept in a file. */
export type Input = string | number | boolean | null | readonly Input[] | { readonly [key: string]: Input };

/** Inputs of one kind and what must hold for each of them. */
export interface Fuzzer<Kind extends Input = Input> {
  readonly name: string;
  make(random: Random): Kind;
  /** Throws where a property does not hold. */
  check(input: Kind): void | Promise<void>;
  /** Milliseconds of processor time that one input may take; absent: 2,000. */
  readonly limit?: number;
  /** Whether an input is only its own parts together, so that no smaller one can be made of it. */
  readonly isWhole?: boolean;
  /** Frees what `check` has opened. */
  stop?(): void;
}

/** A fuzzer among others: its inputs come from itself, or from a file that it wrote. */
export function fuzzer<Kind extends Input>(of: Fuzzer<Kind>): Fuzzer {
  return of as unknown as Fuzzer;
}

/** The choices of one input of a run; each can be had without those before it. */
export function randomAt(seed: number, index: number): Random {
  return new Random((seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0);
}

/** Why an input fails; undefined where it doesn't. */
export async function failureFor({ check, limit = 2_000 }: Fuzzer, input: Input): Promise<unknown> {
  const before = process.cpuUsage();
  try {
    await check(input);
  } catch (error) {
    return error ?? new Error("it threw undefined");
  }
  const { user } = process.cpuUsage(before);
  const took = Math.round(user / 1_000);
  return took > limit ? new Error(`it took ${took} ms of processor time`) : undefined;
}

/** A smaller input that fails as well. */
export async function shrunk(fuzzer: Fuzzer, input: Input, until: number): Promise<Input> {
  let smallest = input;
  if (fuzzer.isWhole) return input;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smaller(smallest)) {
      if (performance.now() > until) return smallest;
      if ((await failureFor(fuzzer, candidate)) === undefined) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function* smaller(input: Input): Iterable<Input> {
  if (typeof input === "string") {
    for (let length = input.length; length >= 1; length = Math.floor(length / 2)) {
      for (let at = 0; at < input.length; at += length) yield input.slice(0, at) + input.slice(at + length);
    }
  } else if (Array.isArray(input)) {
    for (const index of input.keys()) yield input.toSpliced(index, 1);
    for (const [index, item] of input.entries()) {
      for (const less of smaller(item)) yield input.with(index, less);
    }
  } else if (typeof input === "object" && input !== null) {
    for (const [key, value] of Object.entries(input)) {
      for (const less of smaller(value)) yield { ...input, [key]: less };
    }
  }
}

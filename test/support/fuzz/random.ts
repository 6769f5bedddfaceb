/** Choices that one number decides, so that a run can be had again: mulberry32. */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** At least 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)] as Choice;
  }

  /** As many as `most`, each of them made. */
  list<Item>(most: number, make: () => Item): readonly Item[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => [this.fraction(), item] as const)
      .sort(([one], [other]) => one - other)
      .map(([, item]) => item);
  }
}

/**
 * The seed that a variable names, else a new one. In continuous integration it is 1: a change is judged by the same
 * inputs as the change before it, and new inputs are for the runs of a person who can look at what they find.
 *
 * @returns an integer from 0 to 2^32 - 1
 */
export function seedOf(env: Readonly<Record<string, string | undefined>>, name = "SEED"): number {
  const named = env[name];
  if (named) return Number(named) >>> 0;
  return env.CI === "true" ? 1 : Math.floor(Math.random() * 2 ** 32);
}

import fc from "fast-check";

/** Name and value, as they are in a file. */
export type Setting = readonly [name: string, value: string];

/** What one profile says. */
export interface Profile {
  readonly config: readonly Setting[];
  readonly credentials: readonly Setting[];
  /** A second section for the same profile. */
  readonly again?: readonly Setting[];
  /** Further sections of the config file, by their headers. */
  readonly sections?: Readonly<Record<string, readonly Setting[]>>;
  /** Other files that belong to it, by their paths below HOME. */
  readonly files?: Readonly<Record<string, string>>;
}

export const settings = (of: Readonly<Record<string, string | undefined>>): readonly Setting[] =>
  Object.entries(of).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

/** Mostly the first. */
export const mostly = <T, U>(usual: T, ...others: readonly U[]): fc.Arbitrary<T | U> =>
  fc.oneof(
    { weight: 25 * others.length, arbitrary: fc.constant(usual) },
    ...others.map((each) => fc.constant(each)),
  );

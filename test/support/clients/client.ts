/** Where a client's programs come from. */
export type Origin = "Debian 12" | "Debian sid" | "Go module" | "PyPI" | "npm" | "Maven Central";

/**
 * A client of the matrix in docs/clients.md. Each text is a shell script that finds in its environment:
 * IMAGE (to pull), TARGET (to push to), HOST (its registry), OUT (a path in the tester's home that is not there yet), and for `login` the
 * password in PASSWORD.
 */
export interface Client {
  readonly name: string;
  readonly origin: Origin;
  /** The program without which it can't be tried, on the PATH of its origin. */
  readonly program: string;
  /** Prints its version somewhere in the first lines. */
  readonly version: string;
  readonly pull: string;
  readonly push?: string;
  readonly login?: string;
  readonly logout?: string;
  /** Whether it pulls into the engine, from which the image is removed before. */
  readonly inEngine?: true;
  /** Puts what `pull` pulls into HOST's registry, where that is no image. Then it takes nothing from Docker Hub. */
  readonly seed?: string;
  /** The client runs no helper: the script does, and passes the login to the client. */
  readonly runsNoHelper?: true;
  /** How many pulls are tried at once, if ten would take minutes. */
  readonly atOnce?: number;
  /** For every script. */
  readonly env?: Readonly<Record<string, string>>;
  /** For pulls that must fail. */
  readonly envOfFailures?: Readonly<Record<string, string>>;
  /** The line of a failure that names its cause; by default the last one. */
  readonly message?: RegExp;
  /** Ran in .ci/run, too. */
  readonly isQuick?: true;
}

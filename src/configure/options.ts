import { Failure } from "../token/failure.ts";

/** The flags of `configure-docker`. */
export interface ConfigureOptions {
  readonly all?: boolean;
  readonly allKept?: boolean;
  readonly import?: boolean;
  readonly replaceEcrLogin?: boolean;
  readonly removeStaleAuths?: boolean;
  readonly replace?: boolean;
  readonly podman?: boolean;
  readonly yes?: boolean;
  /** Of several profiles of one account, the ones to use. */
  readonly profile?: readonly string[];
  /** Whether a token is requested for each registry afterwards; absent: on a terminal. */
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly everywhere?: boolean;
  readonly leaveLogins?: boolean;
  readonly export?: boolean;
  readonly leave?: boolean;
}

/** @throws Failure USAGE for what goes badly together */
export function checkOptions(registries: readonly string[], options: ConfigureOptions): void {
  const { all, allKept, podman, undo } = options;
  const ways = chosenOf({
    [options.import && !all ? "--import" : "--all"]: all || options.import,
    "--all-kept": allKept,
    "--replace-ecr-login": options.replaceEcrLogin,
    "named registries": registries.length > 0,
  });
  const ends = chosenOf({ "--undo": undo, "--export": options.export });
  if (ways.length > 1) throw exclusive(ways);
  if (options.profile && (ways.length > 0 || ends.length > 0)) {
    throw usage(`--profile and ${[...ways, ...ends][0]} exclude each other`, "leave one of them out");
  }
  if (ends.length > 1 || (ends.length > 0 && ways.length > 0)) throw exclusive([...ends, ...ways]);
  for (const [flag, isGiven] of Object.entries({
    "--everywhere": options.everywhere,
    "--leave-logins": options.leaveLogins,
  })) {
    if (isGiven && !undo) throw usage(`${flag} goes with --undo alone`, `give --undo ${flag}`);
  }
  if (podman && (options.import || options.export)) {
    throw usage("--import and --export are for Docker's config.json alone", "leave --podman out");
  }
  if (options.everywhere && podman)
    throw usage("--everywhere means podman's files too", "leave --podman out");
}

function chosenOf(flags: Readonly<Record<string, boolean | undefined>>): readonly string[] {
  return Object.keys(flags).filter((flag) => flags[flag]);
}

function exclusive(ways: readonly string[]): Failure {
  return usage(`${ways.join(" and ")} exclude each other`, "give one of them");
}

function usage(what: string, fix: string): Failure {
  return new Failure("USAGE", what, fix);
}

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

/** @throws Failure USAGE for flags that exclude each other */
export function checkOptions(registries: readonly string[], options: ConfigureOptions): void {
  const { all, allKept, podman, undo } = options;
  const selections = givenFlags({
    [options.import && !all ? "--import" : "--all"]: all || options.import,
    "--all-kept": allKept,
    "--replace-ecr-login": options.replaceEcrLogin,
    "named registries": registries.length > 0,
  });
  const ends = givenFlags({ "--undo": undo, "--export": options.export });
  if (selections.length > 1) throw exclusive(selections);
  if (options.profile && (selections.length > 0 || ends.length > 0)) {
    throw usage(`--profile and ${[...selections, ...ends][0]} exclude each other`, "omit one of them");
  }
  if (ends.length > 1 || (ends.length > 0 && selections.length > 0))
    throw exclusive([...ends, ...selections]);
  for (const [flag, isGiven] of Object.entries({
    "--everywhere": options.everywhere,
    "--leave-logins": options.leaveLogins,
  })) {
    if (isGiven && !undo) throw usage(`${flag} is only allowed with --undo`, `use --undo ${flag}`);
  }
  if (podman && (options.import || options.export)) {
    throw usage("--import and --export are only for Docker's config.json", "omit --podman");
  }
  if (options.everywhere && podman) throw usage("--everywhere includes podman's files", "omit --podman");
}

function givenFlags(flags: Readonly<Record<string, boolean | undefined>>): readonly string[] {
  return Object.keys(flags).filter((flag) => flags[flag]);
}

function exclusive(flags: readonly string[]): Failure {
  return usage(`${flags.join(" and ")} exclude each other`, "use only one of them");
}

function usage(what: string, fix: string): Failure {
  return new Failure("USAGE", what, fix);
}

import { readDockerConfig } from "../clients/docker/read-config.ts";
import type { AccountRegistration } from "../config/add-registrations.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { readProfileRegistries, type SkippedProfile } from "../profiles/profile-registries.ts";
import { shellQuoted } from "../profiles/shell-words.ts";
import { createAppContext } from "../provider/context.ts";
import { registriesOfKeys } from "../provider/profile-account.ts";
import { parseHost } from "../registry/host.ts";
import type { Context } from "../terminal/command-context.ts";
import { Declined, type Prompt } from "../terminal/prompt.ts";
import { wrapped } from "../terminal/wrap.ts";
import { Failure } from "../token/failure.ts";
import { foreignName, foreignNames, foreignText } from "../token/foreign-text.ts";
import { type ProfileVariable, profileVariable } from "../token/identity.ts";
import { nearestOf } from "../token/nearest.ts";
import {
  type AccountProfiles,
  accountsWithProfiles,
  onlyProfile,
  registrationsOf,
} from "./account-profiles.ts";
import { candidates, renderProposal, selectedHosts } from "./candidates.ts";
import type { ConfigureOptions } from "./options.ts";
import {
  findingsOfConfig,
  findingsOfImages,
  findingsOfManaged,
  findingsOfProfiles,
} from "./proposal-sources.ts";
import type { ConfigureTarget } from "./target.ts";

/** The proposed setup. */
export interface Proposal {
  /** New registries; empty if Docker already uses this helper for all of them. */
  readonly hosts: readonly string[];
  /** For config.yaml. */
  readonly registrations: readonly AccountRegistration[];
  /** The path of config.yaml. */
  readonly configFile: string;
  /** Accounts with several profiles between which neither an option nor AWS_PROFILE nor the user has chosen. */
  readonly undecided: readonly AccountProfiles[];
  /** The registries that are affected by a change of either file. */
  readonly affected: readonly string[];
}

/**
 * Shows the registries for which Docker could use this helper, and lets the user select registries and profiles.
 *
 * @param text of the target; undefined if there is no file
 * @throws Failure NOTHING_FOUND, NOT_ASKED without a terminal, DOCKER_CONFIG_SYNTAX, and what reading
 *   config.yaml throws; Declined
 */
export async function propose(
  { path, program, name }: ConfigureTarget,
  text: string | undefined,
  { yes, dryRun, profile: named = [] }: ConfigureOptions,
  { env, home, print }: Context,
  prompt: Prompt | undefined,
): Promise<Proposal> {
  const docker = readDockerConfig(text ?? "{}", name);
  const app = await createAppContext(env, home);
  const [{ managed, config }, profiles, images] = await Promise.all([
    readManagedRegistries(app),
    readProfileRegistries(env, app.home),
    findingsOfImages(env),
  ]);
  const withKeys = await registriesOfKeys(app, profiles.withKeys);
  const found = [...profiles.found, ...withKeys.found];
  const findings = [
    ...findingsOfManaged(managed),
    ...findingsOfProfiles(found),
    ...findingsOfConfig(text ?? "{}"),
    ...images,
  ];
  const skippedProfiles = [...profiles.skipped, ...withKeys.skipped];
  for (const name of named) {
    if (!found.some(({ profile }) => profile === name)) throw unusable(name, found, skippedProfiles);
  }
  const list = candidates(findings, docker);
  const skipped = skippedLines(skippedProfiles);
  if (list.length === 0) throw noRegistryFound(skipped);
  print(`Registries found, for ${path}:\n\n${renderProposal(list, program)}\n`);
  for (const line of skipped) print(wrapped(line));
  if (skipped.length > 0) print("");
  const proposed = list.filter(({ state }) => state === "new").map(({ host }) => host);
  const ours = list.filter(({ state }) => state === "ours").map(({ host }) => host);
  const isAsked = !yes && !dryRun;
  const hosts =
    isAsked && prompt && proposed.length > 0 ? await askHosts(proposed, program, prompt) : proposed;
  const undecided: AccountProfiles[] = [];
  const choices: { account: string; regions: readonly string[]; profile: string }[] = [];
  for (const each of accountsWithProfiles([...hosts, ...ours], found, config)) {
    const profile =
      onlyProfile(each, named) ?? (isAsked && prompt ? await askProfile(each, prompt, print) : undefined);
    if (profile !== undefined) choices.push({ account: each.account, regions: each.regions, profile });
    else {
      const ambient = profileVariable(env);
      const isChosen = ambient !== undefined && each.profiles.includes(ambient.profile);
      if (!isChosen && !(isAsked && prompt)) undecided.push(each);
      print(wrapped(ambiguous(each, isChosen ? ambient : undefined)));
    }
  }
  const registrations = registrationsOf(choices, config);
  if (isAsked && !prompt && hosts.length + registrations.length > 0) throw notAsked(undecided);
  const accounts = new Set(registrations.map(({ account }) => account));
  const isAffected = (host: string) => {
    const registry = parseHost(host);
    return registry?.kind === "private" && accounts.has(registry.account);
  };
  const affected = [...hosts, ...ours.filter(isAffected)];
  return { hosts, registrations, configFile: app.folders.configFile, undecided, affected };
}

async function askHosts(
  proposed: readonly string[],
  program: string,
  prompt: Prompt,
): Promise<readonly string[]> {
  for (;;) {
    const which = proposed.length === 1 ? "[Y/n]" : `[Y/n, or numbers such as 1,${proposed.length}]`;
    const answer = await prompt.ask(`Use this helper for them in ${program}? ${which} `);
    const hosts = answer === undefined ? [] : selectedHosts(answer, proposed);
    if (hosts && hosts.length > 0) return hosts;
    if (hosts) throw new Declined();
  }
}

/** @returns undefined if the user selects none */
async function askProfile(
  { account, profiles }: AccountProfiles,
  prompt: Prompt,
  print: (text: string) => void,
): Promise<string | undefined> {
  print(`Account ${account} has several profiles:\n`);
  for (const [index, profile] of profiles.entries())
    print(`${String(index + 1).padStart(4)}  ${foreignName(profile)}`);
  print("");
  for (;;) {
    const answer = await prompt.ask(`Which one requests its tokens? [1-${profiles.length}, or n for none] `);
    if (answer === undefined) throw new Declined();
    const word = answer.trim().toLowerCase();
    if (["n", "no", "none"].includes(word)) return undefined;
    const profile = profiles[Number(word) - 1] ?? profiles.find((name) => name === answer.trim());
    if (profile !== undefined) return profile;
  }
}

/** @param ambient the variable that names one of the profiles */
function ambiguous({ account, profiles }: AccountProfiles, ambient: ProfileVariable | undefined): string {
  const used = ambient
    ? `${ambient.name} names ${foreignName(ambient.profile)}, which is used where this variable is set`
    : "The default AWS credential chain is used, with the profile that AWS_PROFILE names";
  return `left out of config.yaml: account ${account}, because it has several profiles (${foreignNames(profiles)}). ${used}. Select one with --profile NAME`;
}

/** The failure of a command that could not ask which profile to use. */
export function undecidedFailure({ account, profiles }: AccountProfiles): Failure {
  const [first = ""] = profiles;
  const what = `account ${account} has several AWS profiles (${foreignNames(profiles)}), so config.yaml has no entry for it`;
  const fix = `choose one: docker-credential-ecr configure-docker --yes --profile ${foreignName(shellQuoted(first))}`;
  return new Failure("PROFILE_CHOICE", what, fix);
}

/** A value of --profile that chooses nothing: it is misspelt, or the profile has no registry. */
function unusable(
  name: string,
  found: readonly { readonly profile: string }[],
  skipped: readonly SkippedProfile[],
): Failure {
  const why =
    skipped.find(({ profile }) => profile === name)?.why ?? "no registry was found for this profile";
  const names = [...new Set(found.map(({ profile }) => profile))];
  const nearest = nearestOf(name, names);
  const fix =
    nearest === undefined ? `use one of ${foreignNames(names)}` : `did you mean ${foreignName(nearest)}?`;
  return new Failure(
    "USAGE",
    `--profile ${foreignName(name)}: ${foreignText(why)}`,
    names.length === 0 ? "omit --profile" : fix,
  );
}

function skippedLines(skipped: readonly SkippedProfile[]): readonly string[] {
  return skipped.map(
    ({ profile, why }) => `left out: AWS profile ${foreignName(profile)}: ${foreignText(why)}`,
  );
}

function notAsked(undecided: readonly AccountProfiles[]): Failure {
  const what = "nothing was changed, because there is no terminal for the question";
  return new Failure(
    "NOT_ASKED",
    what,
    `use --yes to accept what is proposed (--yes --dry-run shows it), or name registries${undecided.length === 0 ? "" : `; --profile NAME chooses between the profiles of an account (${undecided.map(({ account }) => account).join(", ")})`}`,
  );
}

function noRegistryFound(skipped: readonly string[]): Failure {
  const more = skipped.length === 0 ? "" : `; ${skipped.join("; ")}`;
  return new Failure(
    "NOTHING_FOUND",
    `no registry was found in config.yaml, AWS profiles, or Docker's config and images${more}`,
    "name one: docker-credential-ecr configure-docker ACCOUNT.dkr.ecr.REGION.amazonaws.com",
  );
}

import { readDockerConfig } from "../clients/docker/read-config.ts";
import { readManagedRegistries } from "../managed/registries.ts";
import { readProfileRegistries } from "../profiles/profile-registries.ts";
import { createAppContext } from "../provider/context.ts";
import type { Context } from "../terminal/command-context.ts";
import { Declined, type Prompt } from "../terminal/prompt.ts";
import { stampOf } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { candidates, chosen, renderProposal } from "./candidates.ts";
import type { ConfigureOptions } from "./options.ts";
import {
  findingsOfConfig,
  findingsOfImages,
  findingsOfKeeping,
  findingsOfProfiles,
  registrationsFor,
} from "./proposal-sources.ts";
import type { WiringTarget } from "./target.ts";

/**
 * Shows which registries Docker could ask this helper for, and finds out which it shall.
 *
 * @param text of the target; undefined: there is none
 * @returns none where there is nothing to add
 * @throws Failure NOTHING_FOUND, NOT_ASKED where nobody is there to say, Declined, DOCKER_CONFIG_SYNTAX, and what reading config.yaml throws
 */
export async function proposedHosts(
  { path, program, name }: WiringTarget,
  text: string | undefined,
  { yes, dryRun }: ConfigureOptions,
  { env, home, print }: Context,
  person: Prompt | undefined,
): Promise<readonly string[]> {
  const docker = readDockerConfig(text ?? "{}", name);
  const app = await createAppContext(env, home);
  const [{ managed, config }, profiles, images] = await Promise.all([
    readManagedRegistries(app),
    readProfileRegistries(env, app.home),
    findingsOfImages(env),
  ]);
  const findings = [
    ...findingsOfKeeping(managed),
    ...findingsOfProfiles(profiles),
    ...findingsOfConfig(text ?? "{}"),
    ...images,
  ];
  const list = candidates(findings, docker);
  if (list.length === 0) throw nothingFound();
  print(`Registries that were found, for ${path}:\n\n${renderProposal(list, program)}\n`);
  const proposed = list.filter(({ state }) => state === "new").map(({ host }) => host);
  const registrations = registrationsFor(profiles, proposed, config);
  if (registrations !== undefined) {
    const file = app.folders.configFile;
    const isNew = app.files.stamp(file) === stampOf("absent");
    const [verb, head] = isNew ? ["write into", "version: 1\n"] : ["add to", ""];
    print(
      `So that a profile serves its registries whatever AWS_PROFILE says, ${verb}\n${file}:\n\n${head}${registrations}\n`,
    );
  }
  if (proposed.length === 0 || yes || dryRun) return proposed;
  if (!person) {
    const what = "nothing was changed, for there is no terminal to ask at";
    throw new Failure("NOT_ASKED", what, "give --yes to take the numbered ones, or name registries");
  }
  return await ask(proposed, program, person);
}

async function ask(proposed: readonly string[], program: string, person: Prompt): Promise<readonly string[]> {
  for (;;) {
    const which = proposed.length === 1 ? "[Y/n]" : `[Y/n, or numbers such as 1,${proposed.length}]`;
    const answer = await person.ask(`Shall ${program} ask this helper for them? ${which} `);
    const hosts = answer === undefined ? [] : chosen(answer, proposed);
    if (hosts && hosts.length > 0) return hosts;
    if (hosts) throw new Declined();
  }
}

function nothingFound(): Failure {
  return new Failure(
    "NOTHING_FOUND",
    "no registry was found in config.yaml, in AWS profiles, or in what Docker knows",
    "name one: docker-credential-ecr configure-docker ACCOUNT.dkr.ecr.REGION.amazonaws.com",
  );
}

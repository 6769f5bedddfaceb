import { type HelperAction, isHelperAction } from "../protocol/messages.ts";
import { nearestOf } from "../token/nearest.ts";

const name = "docker-credential-ecr";
const install = "run './install.sh' in a checkout of the new version";

/** Words that users try and that are not commands here, and the command that they mean. */
const suggestions = new Map<string, (registry: string) => string>([
  [
    "login",
    (registry) => `Docker logs in automatically after '${commandLine("configure-docker", registry)}'`,
  ],
  ["logout", (registry) => `'docker logout ${registry || "HOST"}' removes a login`],
  ["install", () => install],
  ["update", () => install],
  ["upgrade", () => install],
  ["uninstall", () => "run './install.sh --uninstall' in a checkout"],
  ...["setup", "init", "configure", "wire"].map(
    (word) =>
      [
        word,
        (registry: string) => `'${commandLine("configure-docker", registry)}' configures Docker`,
      ] as const,
  ),
  ...["start", "stop", "enable", "disable", "reload"].map(
    (word) =>
      [
        word,
        () => `'${name} service install' starts the daemon, '${name} service uninstall' ends it`,
      ] as const,
  ),
  ["restart", () => `'${name} service restart' restarts the daemon`],
  ["logs", () => "the daemon's log is in the journal: journalctl --user -u docker-credential-ecr"],
  [
    "check",
    (registry) =>
      `'${commandLine("doctor", registry)}' finds what is wrong, '${name} config check' checks config.yaml`,
  ],
  ["renew", (registry) => `'${commandLine("refresh", registry)}' renews tokens`],
  ["ls", () => `'${name} status' shows the tokens, '${name} registries' the managed registries`],
  ["help", (command) => `'${[name, command, "--help"].filter(Boolean).join(" ")}' shows the help`],
  ["-V", () => `'${name} --version' prints the version`],
]);

/** What a user may mean by a protocol action with an argument: Docker sends that on stdin. */
const protocolHints: Readonly<Record<HelperAction, (registry: string) => string>> = {
  get: (registry) => `the host comes on stdin: echo ${registry} | ${name} get    (prints a secret)`,
  store: (registry) => `'docker login ${registry}' stores a login`,
  erase: (registry) => `'docker logout ${registry}' removes a login`,
  list: () => `'${name} list' takes no argument; '${name} status' shows the tokens`,
  version: () => `'${name} version' takes no argument`,
};

/**
 * What to type instead of a line that is not a command, for stderr.
 *
 * @param known every command and action
 * @param isTerminal whether a user reads it: without any argument, nothing may be printed for Docker's own tests of a
 * helper
 * @returns undefined if there is no suggestion
 */
export function hintFor(
  args: readonly string[],
  known: readonly string[],
  isTerminal: boolean,
): string | undefined {
  const [word, argument = ""] = args;
  if (word === undefined) return isTerminal ? `'${name} --help' lists the commands for users` : undefined;
  const hint = hintForWord(word, argument, known);
  return hint && `${name}: ${hint}`;
}

function hintForWord(word: string, argument: string, known: readonly string[]): string | undefined {
  // Shown on a terminal: an argument that is not a plain host is not repeated.
  const registry = /^[\w.:/-]{1,255}$/.test(argument) ? argument : "";
  if (isHelperAction(word)) return registry === "" ? undefined : protocolHints[word](registry);
  const other = suggestions.get(word);
  if (other) return other(registry);
  const meant = nearestOf(word, known);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

function commandLine(command: string, registry: string): string {
  return [name, command, registry].filter(Boolean).join(" ");
}

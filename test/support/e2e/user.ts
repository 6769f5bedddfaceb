import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../aws/cast.ts";
import { keysOf } from "../aws/environment.ts";
import { userNamed } from "../aws/sdk.ts";
import { type Result, run } from "./command.ts";
import { machine } from "./hooks.ts";
import { appRegistry, bobsRegistry, farRegistry } from "./names.ts";

/** A user with a new home that contains only Docker's config. */
export interface Tester {
  readonly home: string;
  readonly dockerConfigFile: string;
  readonly env: Readonly<Record<string, string>>;
  run(command: readonly string[], options?: TesterOptions): Promise<Result>;
  docker(...args: readonly string[]): Promise<Result>;
}

export interface TesterOptions {
  readonly input?: string;
  readonly cwd?: string;
  /** In milliseconds. */
  readonly timeLimit?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** How Docker's config names the helper: for each ECR registry, or for all registries. */
export const wirings = {
  credHelpers: { credHelpers: { [appRegistry]: "ecr", [farRegistry]: "ecr", [bobsRegistry]: "ecr" } },
  credsStore: { credsStore: "ecr" },
} as const;

export type HelperConfig = keyof typeof wirings;

/**
 * @param name a user of the stand-in's cast, whose keys are in the environment; absent: no AWS credentials at all
 * @param more additional environment variables
 */
export function newTester(
  name?: "alice" | "bob" | "mallory",
  wiring: HelperConfig = "credHelpers",
  more: Readonly<Record<string, string>> = {},
): Tester {
  const { folder, path, socket } = machine();
  const home = mkdtempSync(join(folder, "home-"));
  mkdirSync(join(home, ".docker"));
  const dockerConfigFile = join(home, ".docker", "config.json");
  writeFileSync(dockerConfigFile, JSON.stringify(wirings[wiring]));
  const env = {
    PATH: path,
    HOME: home,
    TMPDIR: folder,
    DOCKER_HOST: `unix://${socket}`,
    ...(name === undefined ? {} : keysOf(userNamed(defaultCast.users, name))),
    ...more,
  };
  const tester: Tester = {
    home,
    dockerConfigFile,
    env,
    run: (command, options = {}) => run(command, { ...options, env: { ...env, ...options.env } }),
    docker: (...args) => tester.run(["docker", ...args]),
  };
  return tester;
}

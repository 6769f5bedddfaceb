import { readFileSync } from "node:fs";
import type { Environment } from "../token/dependencies.ts";

/** Where the AWS config and credentials files are. */
export interface AwsPaths {
  /** Empty if AWS_CONFIG_FILE is empty: then there is no file. */
  readonly configPath: string;
  readonly credentialsPath: string;
  /** The environment variables that the paths contain. */
  readonly variables: readonly string[];
}

/**
 * The paths that the AWS CLI uses: it expands `$NAME`, `${NAME}`, `~` and `~user` like a shell, and an empty variable
 * means no file.
 *
 * @param home the folder that contains `.aws`
 */
export function awsPaths(env: Environment, home: string): AwsPaths {
  const variables = new Set<string>();
  return {
    configPath: expandedPath(env.AWS_CONFIG_FILE ?? "~/.aws/config", env, home, variables),
    credentialsPath: expandedPath(
      env.AWS_SHARED_CREDENTIALS_FILE ?? "~/.aws/credentials",
      env,
      home,
      variables,
    ),
    variables: [...variables],
  };
}

/** @param variables gets the names of the variables in the path */
export function expandedPath(
  path: string,
  env: Environment,
  home: string,
  variables = new Set<string>(),
): string {
  return withHome(withVariables(path, env, variables), home);
}

/** A variable that is not set stays unexpanded. */
function withVariables(path: string, env: Environment, variables: Set<string>): string {
  return path.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (written, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? "";
    variables.add(name);
    return env[name] ?? written;
  });
}

function withHome(path: string, home: string): string {
  const [, user, rest] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined || rest === undefined) return path;
  const folder = user === "" ? home : homeOf(user);
  return folder === undefined ? path : `${folder.replace(/\/+$/, "")}${rest}` || "/";
}

function homeOf(user: string): string | undefined {
  try {
    const entry = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((line) => line.startsWith(`${user}:`));
    return entry?.split(":")[5];
  } catch {
    return undefined;
  }
}

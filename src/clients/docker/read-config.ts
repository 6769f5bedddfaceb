import { Failure } from "../../token/failure.ts";
import {
  assertString,
  type GoMap,
  type GoString,
  mapOf,
  stringOf,
  valueNode,
  WrongType,
} from "../json/go-fields.ts";
import { type Node, parseJson, placeOf } from "../json/syntax.ts";
import { isBlank } from "../json/text.ts";
import { loginsOf, serverOf } from "./logins.ts";

/** The helpers in Docker's config, and the logins in it. */
export interface DockerConfig {
  readonly credsStore?: string;
  readonly credHelpers: Readonly<Record<string, string>>;
  /** The servers whose logins are in the file itself. Docker uses them only without a `credsStore`. */
  readonly logins: readonly string[];
}

/** The same with the positions in the text. */
export interface LocatedConfig {
  readonly root: Node;
  readonly credsStore: GoString;
  readonly credHelpers: GoMap;
  readonly config: DockerConfig;
}

/**
 * Reads Docker's config.json or podman's auth.json as these programs do.
 *
 * @param name of the file, for messages
 * @throws Failure DOCKER_CONFIG_SYNTAX
 */
export function readDockerConfig(text: string, name = "Docker's config.json"): DockerConfig {
  if (isBlank(text)) return empty;
  const { root, problem } = parseJson(text);
  if (!root) throw unusable(`${name} is not JSON: ${problem}`);
  // Docker treats it as an empty file.
  if (root.type === "null") return empty;
  return locate(text, root, name).config;
}

const empty: DockerConfig = { credHelpers: {}, logins: [] };

/** Reads a config for an edit: the file must contain an object and nothing else. @throws Failure DOCKER_CONFIG_SYNTAX */
export function readToEdit(text: string, name = "Docker's config.json"): LocatedConfig {
  const { root, problem, rest } = parseJson(text);
  if (!root) throw unusable(`${name} is not JSON: ${problem}`);
  if (rest !== undefined) {
    throw unusable(`${name} has text after its end (${placeOf(text, rest)}), which Docker does not read`);
  }
  return locate(text, root, name);
}

function locate(text: string, root: Node, name: string): LocatedConfig {
  if (root.type !== "object") throw unusable(`${name} is not an object`);
  const part = <Part>(field: string, read: () => Part): Part => {
    try {
      return read();
    } catch (error) {
      if (error instanceof WrongType) throw unusable(`${field} in ${name} ${error.message}`);
      throw error;
    }
  };
  const credsStore = part("credsStore", () => stringOf(text, root, "credsStore"));
  const credHelpers = part("credHelpers", () =>
    mapOf(text, root, "credHelpers", (entry) => assertString(text, entry)),
  );
  const helpers = Object.fromEntries(
    [...credHelpers.entries].map(([host, entry]) => [host, valueNode(entry).value ?? ""]),
  );
  const logins = part("auths", () => loginsOf(text, root));
  const config = {
    ...(credsStore.value && { credsStore: credsStore.value }),
    credHelpers: helpers,
    logins: logins
      .filter((login) => !login.isUnused && (login.kind !== "left" || login.isLogin))
      .flatMap(({ key }) => (Object.hasOwn(helpers, serverOf(key)) ? [] : [key])),
  };
  return { root, credsStore, credHelpers, config };
}

function unusable(what: string): Failure {
  return new Failure("DOCKER_CONFIG_SYNTAX", what, "correct the file by hand; it was not changed");
}

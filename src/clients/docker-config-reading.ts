import { getNodeValue } from "jsonc-parser";
import { Failure } from "../token/failure.ts";
import { loginsIn } from "./docker-logins.ts";
import { isBlank, parseJson } from "./json-text.ts";

/** Who Docker asks for what. */
export interface DockerConfig {
  readonly credsStore?: string;
  readonly credHelpers: Readonly<Record<string, string>>;
  /** The servers whose logins stand in the file itself and count only while there is no `credsStore`. */
  readonly logins: readonly string[];
}

/**
 * @param name of the file, for messages
 * @throws Failure DOCKER_CONFIG_SYNTAX
 */
export function readDockerConfig(text: string, name = "Docker's config.json"): DockerConfig {
  if (isBlank(text)) return { credHelpers: {}, logins: [] };
  const { root, problem } = parseJson(text);
  if (!root || problem !== undefined) throw unusable(`${name} is not JSON: ${problem}`);
  const value: unknown = getNodeValue(root);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(`the whole in ${name} is not an object`);
  }
  // To Docker null is the same as nothing.
  const { credsStore, credHelpers: helpers } = value as Record<string, unknown>;
  const credHelpers = helpers ?? {};
  if (credsStore !== undefined && credsStore !== null && typeof credsStore !== "string") {
    throw unusable(`credsStore in ${name} is not a string`);
  }
  const isMap = typeof credHelpers === "object" && !Array.isArray(credHelpers);
  if (!isMap || Object.values(credHelpers).some((helper) => typeof helper !== "string")) {
    throw unusable(`credHelpers in ${name} is not an object of strings`);
  }
  return {
    ...(credsStore ? { credsStore } : {}),
    credHelpers: credHelpers as Readonly<Record<string, string>>,
    logins: loginsIn(text)
      .filter((login) => login.kind !== "left" || login.isLogin)
      .flatMap(({ key }) => (Object.hasOwn(credHelpers, key) ? [] : [key])),
  };
}

function unusable(what: string): Failure {
  return new Failure("DOCKER_CONFIG_SYNTAX", what, "mend the file by hand; it was left as it is");
}

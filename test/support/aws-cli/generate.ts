import fc from "fast-check";
import { type Slot, slots, webTokenOf } from "./cast.ts";
import { configHeader, credentialsHeader, fileText, otherHeader, type Section } from "./layout.ts";
import { profile } from "./profiles.ts";
import type { Profile } from "./settings.ts";
import type { Situation } from "./situation.ts";
import {
  containerVariables,
  instanceVariables,
  keyVariables,
  noise,
  oldFiles,
  usually,
  type Variables,
  webIdentityVariables,
} from "./variables.ts";

/** Names of profiles; most of them are valid, some only in quotes. */
const someName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("ci", "base", "prod", "dev-1") },
  fc.constantFrom("my ci", "équipe", "team(dev)", "a.b", "a,b", "x=y", "CI", "constructor", "__proto__"),
  fc.constantFrom("profile", "sso-session", "o'neil", "a#b", "50%", "a:b", "a]b", "toString", "a/b@c", "ci;"),
);

function profileVariables(names: readonly string[]): fc.Arbitrary<Variables> {
  const [first = "", second = ""] = names;
  const value = fc.oneof(
    { weight: 24, arbitrary: fc.constant<string | undefined>(undefined) },
    { weight: 16, arbitrary: fc.constantFrom<string | undefined>(...names) },
    fc.constantFrom<string | undefined>(
      "",
      "missing",
      ` ${first}`,
      first.toUpperCase(),
      `"${second}"`,
      "default",
    ),
  );
  return fc.tuple(value, value).map(([own, standard]) => ({
    ...(own !== undefined && { AWS_PROFILE: own }),
    ...(standard !== undefined && { AWS_DEFAULT_PROFILE: standard }),
  }));
}

/** Where the two files are, and what names that place. */
function place(variable: string, usualPath: string): fc.Arbitrary<{ path: string; variables: Variables }> {
  const at = (path: string, value: string) => ({ path, variables: { [variable]: value } });
  return usually<{ path: string; variables: Variables }>(
    40,
    { path: usualPath, variables: {} },
    at("other/file", "@HOME@/other/file"),
    at("other/file", "~/other/file"),
    at("other/file", "$HOME/other/file"),
    at("other/file", `$${"{HOME}"}/other/file`),
    at("other/file", "other/file"),
    at("other/file", "./other/../other/file"),
    at("my file", "@HOME@/my file"),
    at(".aws/config", "@HOME@/.aws/config"),
    at(usualPath, ""),
    at(usualPath, "@HOME@/missing"),
    at(usualPath, "@HOME@/.aws"),
    at(usualPath, "/dev/null"),
    at(usualPath, " ~/other/file"),
    at(usualPath, "$MISSING/file"),
  );
}

/** The header of a second section for the same profile, which is mostly written in another way. */
function again(name: string): fc.Arbitrary<string> {
  const header = configHeader(name);
  return fc.oneof({ weight: 9, arbitrary: header.map((each) => `${each}  `) }, header);
}

interface Written {
  readonly config: string;
  readonly credentials: string;
  readonly files: Readonly<Record<string, string>>;
}

/** The text of both files, with each profile in the section or sections that it has. */
function written(names: readonly string[], profiles: readonly Profile[]): fc.Arbitrary<Written> {
  const headed = (header: fc.Arbitrary<string>, settings: Section["settings"]) =>
    header.map((each): Section => ({ header: each, settings }));
  const sections = (parts: readonly fc.Arbitrary<Section>[]) =>
    parts.length === 0 ? fc.constant([]) : fc.tuple(...parts);
  const isThere = (list: Section["settings"], index: number) => list.length > 0 || index % 2 === 0;
  const config = profiles.flatMap((each, index) => [
    ...(isThere(each.config, index) ? [headed(configHeader(names[index] ?? ""), each.config)] : []),
    ...(each.again ? [headed(again(names[index] ?? ""), each.again)] : []),
    ...Object.entries(each.sections ?? {}).map(([header, list]) => headed(otherHeader(header), list)),
  ]);
  const credentials = profiles.flatMap((each, index) =>
    each.credentials.length > 0 ? [headed(credentialsHeader(names[index] ?? ""), each.credentials)] : [],
  );
  const file = (parts: readonly fc.Arbitrary<Section>[]) =>
    parts.length === 0 ? fc.constant("") : sections(parts).chain(fileText);
  return fc.tuple(file(config), file(credentials)).map(([ofConfig, ofCredentials]) => ({
    config: ofConfig,
    credentials: ofCredentials,
    files: Object.assign({}, ...profiles.map(({ files }) => files)),
  }));
}

/** Any situation. */
export const situation: fc.Arbitrary<Situation> = fc
  .tuple(fc.uniqueArray(someName, { minLength: 1, maxLength: slots.length - 1 }), fc.boolean(), fc.boolean())
  .chain(([some, hasDefault, isFirst]) => {
    const names = hasDefault ? (isFirst ? ["default", ...some] : [...some, "default"]) : some;
    const profiles = fc.tuple(...names.map((_, index) => profile(index as Slot, names)));
    return fc.record({
      text: profiles.chain((each) => written(names, each)),
      config: place("AWS_CONFIG_FILE", ".aws/config"),
      credentials: place("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
      variables: fc
        .tuple(
          keyVariables(),
          webIdentityVariables(),
          containerVariables(),
          instanceVariables(),
          profileVariables(names),
          noise,
        )
        .map((each): Variables => Object.assign({}, ...each)),
      old: oldFiles(),
      containerToken: usually(
        10,
        "test-container-token",
        "test-container-token\n",
        "test-container-token\r\n",
        "one\ntwo",
        "",
      ),
      option: fc.oneof(
        { weight: 12, arbitrary: fc.constant(undefined) },
        { weight: 2, arbitrary: fc.constantFrom(...names) },
      ),
    });
  })
  .map(({ text, config, credentials, variables, old, containerToken, option }) => {
    const files: Record<string, string> = { ...text.files, ...old.files };
    // The same file for both is what some people have; their texts can't be one then.
    if (text.config !== "") files[config.path] = text.config;
    if (text.credentials !== "" && files[credentials.path] === undefined)
      files[credentials.path] = text.credentials;
    files["web-identity"] = webTokenOf(0);
    files["container-token"] = containerToken;
    const env = { ...config.variables, ...credentials.variables, ...variables, ...old.variables };
    return { env, files, ...(option !== undefined && { profileOption: option }) };
  });

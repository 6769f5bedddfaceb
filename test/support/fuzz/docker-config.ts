import { damaged } from "./damage.ts";
import type { Random } from "./random.ts";

export const hosts = [
  "111122223333.dkr.ecr.us-east-1.amazonaws.com",
  "444455556666.dkr.ecr.eu-west-1.amazonaws.com",
  "public.ecr.aws",
  "ghcr.io",
  "https://index.docker.io/v1/",
  "__proto__",
  "constructor",
  "",
] as const;

const helpers = ["fake", "pass", "desktop", "ecr", "ecr-login", "", "é", "\u0001", '"', "\\"];

/** A Docker config as programs and people write it, or nearly; some are damaged. */
export function dockerConfigText(random: Random): string {
  if (random.chance(0.005)) return nested(random);
  const text = object(random, () => property(random), 6);
  if (random.chance(0.2)) return damaged(random, text);
  if (random.chance(0.05)) return text + random.pick(["x", " {}", "\n", "\0", "\ufeff", "//", " \t"]);
  return random.chance(0.05)
    ? random.pick(["", " \n", "null", "null ", " null x", "nullx", "[]", "1", '"x"', "\ufeff{}"])
    : text;
}

/** Near Go's limit of 10,000 levels. */
function nested(random: Random): string {
  const depth = random.pick([10, 9_998, 9_999, 10_000, 10_001, 20_000]);
  const [opening, closing] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
  ]);
  return `{"${random.pick(["x", "auths", "credHelpers"])}":${opening.repeat(depth)}1${closing.repeat(depth)}}`;
}

function property(random: Random): string {
  const name = random.pick([
    "auths",
    "credHelpers",
    "credsStore",
    "credHelpers",
    "credsStore",
    "psFormat",
    "x",
  ]);
  const key = spelling(random, random.chance(0.4) ? folded(random, name) : name);
  return `${key}${space(random)}:${space(random)}${propertyValue(random, name)}`;
}

function propertyValue(random: Random, name: string): string {
  if (random.chance(0.08))
    return random.pick(["null", "1", "[]", "{}", '""', "true", "-0.5e+3", "[null]", '"x"']);
  switch (name) {
    case "credsStore":
    case "psFormat":
      return helper(random);
    case "credHelpers":
      return object(random, () => entry(random, () => helper(random)), 4);
    case "auths":
      return object(random, () => entry(random, () => object(random, () => loginField(random), 3)), 4);
    default:
      return random.pick(["[1, 2]", '{"a":{"b":null}}', "0", '"\\ud800"']);
  }
}

function helper(random: Random): string {
  return random.chance(0.05) ? random.pick(["null", "2", "[]"]) : spelling(random, random.pick(helpers));
}

function entry(random: Random, value: () => string): string {
  const host = random.chance(0.05) ? "\ud800" : random.pick(hosts);
  return `${spelling(random, host)}:${space(random)}${random.chance(0.05) ? "null" : value()}`;
}

function loginField(random: Random): string {
  const name = random.pick(["auth", "username", "password", "identitytoken", "registrytoken", "email", "x"]);
  const key = spelling(random, random.chance(0.3) ? folded(random, name) : name);
  const value = random.pick(["QVdTOnNlY3JldA==", "bWU6c2VjcmV0", "AWS", "me", "", "%", "bWU6c2VjcmV0\n"]);
  return `${key}:${random.chance(0.08) ? random.pick(["null", "1", "{}"]) : spelling(random, value)}`;
}

/** In another case, also with letters that only Unicode's folding takes for the same, and with some that it doesn't. */
function folded(random: Random, name: string): string {
  return [...name]
    .map((letter) => {
      if (random.chance(0.5)) return letter;
      if (random.chance(0.05)) return random.pick(["ı", "İ", "ß", "Å", "ﬀ", "ь"]);
      if (letter.toLowerCase() === "s" && random.chance(0.5)) return "ſ";
      if (letter.toLowerCase() === "k" && random.chance(0.5)) return "\u212a";
      return random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase();
    })
    .join("");
}

/** A string of JSON, some of its characters escaped. */
function spelling(random: Random, text: string): string {
  const share = random.chance(0.2) ? 0.3 : 0;
  const characters = Array.from({ length: text.length }, (_, at) => {
    const character = text[at] ?? "";
    const isSurrogate = /[\ud800-\udfff]/.test(character);
    const code = `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    if (isSurrogate || random.chance(share))
      return random.chance(0.5) ? code : code.toUpperCase().replace("U", "u");
    return JSON.stringify(character).slice(1, -1);
  });
  return `"${characters.join("")}"`;
}

function object(random: Random, item: () => string, most: number): string {
  const items = random.list(most, item);
  const separator = `${space(random)},${random.pick(["", " ", "\n  ", "\r\n\t"])}`;
  return `{${space(random)}${items.join(separator)}${space(random)}}`;
}

function space(random: Random): string {
  return random.chance(0.6) ? "" : random.pick([" ", "\n", "\t", "\r\n", "  ", "\n\t"]);
}

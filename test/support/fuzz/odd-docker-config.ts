import type { Login } from "../../../src/clients/docker/login.ts";
import type { Random } from "./random.ts";

/** A Docker config that programs and people have written, each in another way, with logins that can be imported. */
export interface OddConfig {
  readonly text: string;
  readonly logins: ReadonlyMap<string, Login>;
  /** Texts of what is not a login. */
  readonly foreign: readonly string[];
  /** As they are and as base64. */
  readonly secrets: readonly string[];
}

const hosts = ["ghcr.io", "https://index.docker.io/v1/", "registry.example.com:5000", "a.example", "quay.io"];
const passwords = ["p/w<&>wwwwww", "päßwörd-😀-xxx", 'a"b\\c\n\t\u2028ddddd', "gho_0123456789abcdef/+"];
/** What a reader with 64-bit floats does not give back. */
const numbers = ["9007199254740993", "1e400", "-0", "1.0", "1E5", "0.10", "123456789012345678901234567890"];
const values = [...numbers, "null", "[ ]", "[1.0 ,{ }]", '{"a" : -0,"b":[1e400]}', '"\\u0061\\/"', "true"];

export function oddDockerConfig(random: Random): OddConfig {
  const foreign: string[] = [];
  const secrets: string[] = [];
  const logins = new Map<string, Login>();
  let names = 0;
  const unknown = () => {
    names += 1;
    const text = `"x-${names}"${space(random)}:${space(random)}${random.pick(values)}`;
    foreign.push(text);
    return text;
  };
  const entry = (key: string) => {
    const { login, fields } = loginFields(random);
    logins.set(key, login);
    secrets.push(login.secret, JSON.stringify(login.secret).slice(1, -1));
    if (login.username !== "<token>") secrets.push(base64(`${login.username}:${login.secret}`));
    return `${spelling(random, key)}${space(random)}:${space(random)}${object(random, [...fields, ...several(random, unknown, 2)])}`;
  };
  const chosen = random.shuffled(hosts).slice(0, 1 + random.below(hosts.length));
  const auths = object(random, [...chosen.map(entry), ...several(random, () => emptyEntry(unknown), 1)]);
  const members = [`"auths"${space(random)}:${auths}`, ...several(random, unknown, 3)];
  const text = `${space(random)}${object(random, members)}${space(random)}`;
  return { text, logins, foreign, secrets };
}

function loginFields(random: Random): { login: Login; fields: readonly string[] } {
  const secret = random.pick(passwords);
  const username = random.pick(["me", "robot$ci", "ü"]);
  const field = (name: string, value: string) =>
    `${spelling(random, random.chance(0.2) ? name.toUpperCase() : name)}${space(random)}:${space(random)}${spelling(random, value)}`;
  const auth = wrapped(random, base64(`${username}:${secret}`));
  switch (random.pick(["auth", "both", "password", "token"])) {
    case "auth":
      return { login: { username, secret }, fields: [field("auth", auth)] };
    case "both":
      return {
        login: { username, secret },
        fields: [field("username", username), field("auth", auth), field("password", secret)],
      };
    case "password":
      return {
        login: { username, secret },
        fields: [field("password", secret), field("username", username)],
      };
    default:
      return {
        login: { username: "<token>", secret },
        fields: [field("auth", base64(`${username}:`)), field("identitytoken", secret)],
      };
  }
}

/** Docker leaves such entries for logins that a helper keeps. */
function emptyEntry(unknown: () => string): string {
  return `"empty.example":{${unknown()}}`;
}

/** As `base64` prints it without -w0. */
function wrapped(random: Random, text: string): string {
  if (!random.chance(0.2)) return text;
  return `${text.slice(0, 8)}${random.pick(["\n", "\r\n"])}${text.slice(8)}\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A string of JSON, some of its characters escaped. */
function spelling(random: Random, text: string): string {
  const share = random.chance(0.3) ? 0.3 : 0;
  const units = Array.from({ length: text.length }, (_, at) => {
    const unit = text.charAt(at);
    if (/[\ud800-\udfff]/.test(unit)) return unit;
    if (!random.chance(share)) return JSON.stringify(unit).slice(1, -1);
    if (unit === "/") return "\\/";
    const code = unit.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${random.chance(0.5) ? code : code.toUpperCase()}`;
  });
  return `"${units.join("")}"`;
}

function object(random: Random, members: readonly string[]): string {
  const separated = random
    .shuffled(members)
    .map((member, index) => `${index > 0 ? `${space(random)},${space(random)}` : ""}${member}`);
  return `{${space(random)}${separated.join("")}${space(random)}}`;
}

function several(random: Random, make: () => string, most: number): readonly string[] {
  return random.list(most, make);
}

function space(random: Random): string {
  return random.chance(0.5) ? "" : random.pick([" ", "\n", "\t", "\r\n  ", "\n\t\t"]);
}

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registry, type Standing, signIn } from "./standing.ts";
import { configPath, type User } from "./user.ts";
import { answered, told } from "./verdicts.ts";

/** A fix that a message proposes: a pattern for its text, and the actions of a reader who follows it literally. */
export interface Fix {
  readonly words: RegExp;
  readonly apply: (user: User, match: RegExpExecArray, standing: Standing) => unknown;
}

/** A failure, and the fixes that its message proposes. */
export interface Faulty {
  readonly code: string;
  readonly seed: (user: User, standing: Standing) => unknown;
  readonly fixes: readonly Fix[];
  /** Other required text of the message. */
  readonly names?: RegExp;
}

/** Asserts the failure, applies one fix of its message, and asserts that a token is returned. */
export async function fixed(user: User, standing: Standing, faulty: Faulty, fix: Fix): Promise<void> {
  await faulty.seed(user, standing);
  const line = told(await user.get(registry), faulty.code, faulty.names ?? "");
  const match = fix.words.exec(line);
  assert.ok(match, `${fix.words} expected in: ${line}`);
  await fix.apply(user, match, standing);
  forgetFailures(user);
  answered(await user.get(registry), registry);
}

/** Simulates the passing of time, since a failure is remembered for some seconds. */
function forgetFailures(user: User): void {
  const folder = join(user.state, "authorizations");
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    if (file.endsWith(".failed.json")) rmSync(join(folder, file));
  }
}

export const unset: Fix = {
  words: /\bunset (\w+)/,
  apply: ({ env }, [, name = ""]) => {
    assert.ok(name in env, `${name} is set`);
    delete env[name];
  },
};

/** "remove endpoint_url of profile p (/home/alice/.aws/config:2)" */
export const removeLine: Fix = {
  words: /\bremove (?:\w+ )?(\w+)(?: of [^()]+)? \((\/[^():]+):(\d+)\)/,
  apply: (_, [, name = "", file = "", line]) => editLine(file, Number(line), name, ""),
};

/** "AWS_PROFILE=dev" */
export const setVariable: Fix = {
  words: /\bset (\w+)=([\w-]+)/,
  apply: ({ env }, [, name = "", value = ""]) => (env[name] = value),
};

/** Corrects a setting that the message names with its file and line. */
export const correctSetting = (name: string, value: string): Fix => ({
  words: new RegExp(`\\b(${name})[^()]* \\((/[^():]+):(\\d+)\\)`),
  apply: (_, [, setting = "", file = "", line]) =>
    editLine(file, Number(line), setting, `${name} = ${value}`),
});

/** Corrects a variable that the message names. */
export const correctVariable = (name: string, value: string | ((standing: Standing) => string)): Fix => ({
  words: new RegExp(`\\b${name}\\b`),
  apply: ({ env }, _, standing) => (env[name] = typeof value === "string" ? value : value(standing)),
});

/** Runs the first quoted command. */
export const runCommand: Fix = {
  words: /'((?:aws|timedatectl) [^']+)'/,
  apply: (user, [, command = ""], standing) => execute(command.split(" "), user, standing),
};

/** Sets a profile for the registry in the config.yaml that the message names. */
export const nameInConfig = (profile: string): Fix => ({
  words: /\bname (?:it|that) for this registry in (\/\S+config\.yaml)/,
  apply: (user, [, path]) => {
    assert.equal(path, join(user.home, configPath));
    user.write(configPath, configOf(`profile: ${profile}`));
  },
});

/** A config.yaml with an identity for the registry's account. */
export const configOf = (identity: string): string =>
  `version: 1\nidentities:\n  pull: { ${identity} }\nregistries:\n  - account: "111122223333"\n    identity: pull\n`;

/** @param line counted from 1 @param has a text that the line must contain */
export function editLine(file: string, line: number, has: string, text: string): void {
  const lines = readFileSync(file, "utf8").split("\n");
  const old = lines[line - 1] ?? "";
  assert.ok(old.toLowerCase().includes(has), `${has} expected in ${file}:${line}: ${old}`);
  lines[line - 1] = text;
  writeFileSync(file, lines.join("\n"));
}

/** Simulates the commands of the AWS CLI and systemd, which are not installed in tests. */
async function execute(words: readonly string[], user: User, standing: Standing): Promise<void> {
  const { controls } = standing.aws;
  const option = (name: string) => words[words.indexOf(`--${name}`) + 1] ?? "";
  const profile = words.includes("--profile") ? option("profile") : undefined;
  const command = words.filter((word) => /^[a-z]/.test(word)).slice(0, 3);
  switch (command.slice(0, command[0] === "timedatectl" ? 2 : 3).join(" ")) {
    case "timedatectl set-ntp":
      return controls.clear();
    case "aws ec2 modify-instance-metadata-options":
      assert.equal(option("instance-id"), "ID");
      if (words.includes("--http-endpoint")) assert.equal(option("http-endpoint"), "enabled");
      else assert.equal(option("http-put-response-hop-limit"), "2");
      return controls.clear();
    case "aws configure sso":
      return configureSso(user, profile);
  }
  if (words[1] === "sso" && words[2] === "login") return signIn(user, signInOf(user, profile));
  if (words[1] === "login") return logIn(user, standing, profile);
  throw new Error(`no command '${words.join(" ")}'`);
}

/** Writes a profile, the given one or a new one, and signs in. */
function configureSso(user: User, name = "fresh"): void {
  user.writeAwsConfig({
    [`profile ${name}`]: { sso_session: "company", sso_account_id: "111122223333", sso_role_name: "ci" },
    "sso-session company": { sso_region: "us-east-1", sso_start_url: "https://example.com/start" },
  });
  signIn(user, "company");
}

function signInOf(user: User, profile: string | undefined): string {
  const text = readFileSync(join(user.home, ".aws/config"), "utf8");
  const section = text.split(/^(?=\[)/m).find((each) => each.startsWith(`[profile ${profile}]`));
  const found = /^sso_session = (.*)$/m.exec(section ?? "") ?? /^sso_start_url = (.*)$/m.exec(section ?? "");
  assert.ok(found?.[1], `profile ${profile} has SSO`);
  return found[1];
}

/** Temporary session keys of role `ci`. */
export async function sessionKeys({ aws }: Standing) {
  const answer = await fetch(`${aws.urls.container}/credentials`);
  return (await answer.json()) as { AccessKeyId: string; SecretAccessKey: string; Token: string };
}

async function logIn(user: User, standing: Standing, profile: string | undefined): Promise<void> {
  const text = readFileSync(join(user.home, ".aws/config"), "utf8");
  const session = /^login_session = (.*)$/m.exec(text)?.[1] ?? "";
  assert.ok(text.includes(`[profile ${profile}]`));
  const { AccessKeyId, SecretAccessKey, Token } = await sessionKeys(standing);
  const accessToken = {
    ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
    ...{ accountId: "111122223333", expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
  };
  const more = { clientId: "test", refreshToken: "test-refresh-token", idToken: "", dpopKey: "test" };
  const file = new Bun.CryptoHasher("sha256").update(session).digest("hex");
  user.write(
    `.aws/login/cache/${file}.json`,
    JSON.stringify({ accessToken, tokenType: "aws_sigv4", ...more }),
  );
}

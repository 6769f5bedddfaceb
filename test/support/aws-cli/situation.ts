import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * All that decides which principal is used. Texts may hold @HOME@ for the home folder, and @IMDS@, @BARE_IMDS@
 * (of an instance without a role), @CONTAINER@ for the base URLs of the stand-in's endpoints.
 */
export interface Situation {
  readonly env: Readonly<Record<string, string>>;
  /** By their paths below HOME. */
  readonly files: Readonly<Record<string, string>>;
  /** The profile that config.yaml names for every registry; the CLI gets it as --profile. */
  readonly profileOption?: string;
}

/** Puts the files of a situation below a home folder. */
export function lay({ files }: Situation, home: string, fill: (text: string) => string): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(home, path);
    mkdirSync(dirname(full), { recursive: true, mode: 0o700 });
    writeFileSync(full, encode(fill(text)), { mode: 0o600 });
  }
}

/** What makes the file that it begins UTF-16, and what makes a byte that is no UTF-8. */
export const utf16 = "@UTF16@";
export const brokenByte = "@BROKEN@";

function encode(text: string): Buffer {
  if (text.startsWith(utf16)) return Buffer.from(`\ufeff${text.slice(utf16.length)}`, "utf16le");
  const [first = "", ...others] = text.split(brokenByte);
  return Buffer.concat([
    Buffer.from(first),
    ...others.flatMap((part) => [Buffer.of(0xe9), Buffer.from(part)]),
  ]);
}

/** The path of the file in which the AWS CLI keeps a sign-in; `name`: of the session, or else the start URL. */
export const signInPath = (name: string): string =>
  `.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`;

/** The same of `aws login`. */
export const loginPath = (session: string): string =>
  `.aws/login/cache/${createHash("sha256").update(session).digest("hex")}.json`;

/** A situation as a person would write it down. */
export function describeSituation({ env, files, profileOption }: Situation): string {
  const shown = (value: string) => (/^[\w./:@~-]+$/.test(value) ? value : JSON.stringify(value));
  return [
    ...Object.entries(env).map(([name, value]) => `${name}=${shown(value)}`),
    ...(profileOption === undefined
      ? []
      : [`config.yaml: profile ${shown(profileOption)}  (CLI: --profile)`]),
    ...Object.entries(files).flatMap(([path, text]) => [
      `~/${path}:`,
      ...text.split("\n").map((line) => `    ${/[^\x20-\x7eäéü]/.test(line) ? JSON.stringify(line) : line}`),
    ]),
  ].join("\n");
}

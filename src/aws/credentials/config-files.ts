import { type Environment, type FileDependency, fingerprint } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import { readBounded } from "./bounded-file.ts";
import { parseConfig } from "./config-index.ts";
import { ConfigSyntaxError, type Section, type Sections, type Setting } from "./config-syntax.ts";
import { type AwsPaths, awsPaths } from "./file-paths.ts";
import { shellWords } from "./shell-words.ts";

/** A setting, and the file that has it. */
export interface LocatedSetting extends Setting {
  readonly path: string;
}

/** The settings of a section by their names, in lower case. */
export type Profile = ReadonlyMap<string, LocatedSetting>;

/** Bytes; enough for tens of thousands of profiles. */
const largestFile = 4 * 1024 * 1024;

/** The AWS config and credentials files, as the AWS CLI reads them and lays them over each other. */
export interface AwsFiles extends AwsPaths {
  /** A profile with the settings of both files; where both have one, the credentials file's counts. */
  profile(name: string): Profile | undefined;
  /** The same with the settings of one file. */
  profileIn(file: "config" | "credentials", name: string): Profile | undefined;
  ssoSession(name: string): Profile | undefined;
  services(name: string): Profile | undefined;
  profileNames(): readonly string[];
  /** All sections of a file by their headers, as they are written. */
  sections(file: "config" | "credentials"): ReadonlyMap<string, Profile>;
  /** Another for each content of the files, in hex. */
  contentKey(): string;
  /** Each file that is there and is no plain file, or that this user may not read: with the reason. It counts as absent. */
  readonly unreadable: readonly string[];
}

/** What was read, or why it can't be used. */
export type ReadFiles =
  | { readonly files: AwsFiles; readonly stamps: readonly FileDependency[] }
  | { readonly failure: Failure; readonly stamps: readonly FileDependency[] };

/**
 * Reads both files.
 *
 * @param home the folder that holds `.aws`
 * @param readStamp of a path; see the store
 * @param previous is given back where neither file has changed since
 */
export async function readAwsFiles(
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
  previous?: ReadFiles,
): Promise<ReadFiles> {
  const paths = awsPaths(env, home);
  const both = [paths.configPath, paths.credentialsPath];
  // Before the content, so that an edit in between shows.
  const stamps = both.map((path) => ({ path, stamp: readStamp(path) }));
  if (previous && Bun.deepEquals(previous.stamps, stamps)) return previous;
  try {
    const [config, credentials] = await Promise.all(both.map(readText));
    const unreadable = [config, credentials].flatMap((text) => text?.unreadable ?? []);
    const files = layFiles(paths, config?.text ?? "", credentials?.text ?? "", unreadable);
    return { files, stamps };
  } catch (error) {
    if (error instanceof Failure) return { failure: error, stamps };
    throw error;
  }
}

/** The same of texts. @throws Failure AWS_FILE_INVALID */
export function parseAwsFiles(paths: AwsPaths, config: string, credentials: string): AwsFiles {
  return layFiles(paths, config, credentials, []);
}

async function readText(path: string): Promise<{ readonly text?: string; readonly unreadable?: string }> {
  const found = await readBounded(path, largestFile);
  switch (found.kind) {
    case "absent":
      return {};
    case "unreadable":
      return { unreadable: `${path} ${found.why}` };
    case "too-large":
      throw invalid(path, undefined, `it is larger than ${largestFile / 1024 / 1024} MiB`);
    case "bytes":
      return { text: decode(path, found.bytes) };
  }
}

function parse(path: string, text: string): Sections {
  const nul = text.indexOf("\0");
  if (nul >= 0) throw invalid(path, lineAt(text, nul), "it holds a NUL byte, so it is no text or UTF-16");
  try {
    return parseConfig(text);
  } catch (error) {
    if (error instanceof ConfigSyntaxError) throw invalid(path, error.line, error.message);
    throw error;
  }
}

function decode(path: string, bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw invalid(path, 1, "it is UTF-16, not UTF-8");
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    throw invalid(path, 1, "it begins with a byte order mark, which the AWS CLI doesn't accept either");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("utf-8").decode(bytes);
    throw invalid(path, lineAt(text, text.indexOf("\ufffd")), "it is not UTF-8");
  }
}

function lineAt(text: string, at: number): number {
  return text.slice(0, Math.max(0, at)).split(/\r\n?|\n/).length;
}

function invalid(path: string, line: number | undefined, why: string): Failure {
  const where = line === undefined ? path : `${path}:${line}`;
  return new Failure(
    "AWS_FILE_INVALID",
    `the AWS file ${where} can't be parsed: ${why}`,
    "correct it (UTF-8 text with [sections] and NAME = VALUE lines), or name another one in " +
      "AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE",
  );
}

function layFiles(
  paths: AwsPaths,
  config: string,
  credentials: string,
  unreadable: readonly string[],
): AwsFiles {
  const configSections = parse(paths.configPath, config);
  const { profiles, ssoSessions, services } = sortSections(configSections);
  const credentialsSections = parse(paths.credentialsPath, credentials);
  const located = (section: Section | undefined, path: string) => section && locate(section, path);
  const inConfig = (sections: Sections, name: string) => located(sections.get(name), paths.configPath);
  const profileIn = (file: "config" | "credentials", name: string) =>
    file === "config"
      ? inConfig(profiles, name)
      : located(credentialsSections.get(name), paths.credentialsPath);
  return {
    ...paths,
    profile(name) {
      const config = profileIn("config", name);
      const credentials = profileIn("credentials", name);
      return config && credentials ? new Map([...config, ...credentials]) : (config ?? credentials);
    },
    profileIn,
    ssoSession: (name) => inConfig(ssoSessions, name),
    services: (name) => inConfig(services, name),
    profileNames: () => [...new Set([...profiles.keys(), ...credentialsSections.keys()])],
    sections(file) {
      const [path, sections] =
        file === "config" ? [paths.configPath, configSections] : [paths.credentialsPath, credentialsSections];
      return new Map([...sections].map(([header, section]) => [header, locate(section, path)]));
    },
    contentKey: () => fingerprint([config, credentials]),
    unreadable,
  };
}

function locate({ settings }: Section, path: string): Profile {
  return new Map([...settings].map(([name, setting]) => [name, { ...setting, path }]));
}

/**
 * The sections of a config file by their kind, as botocore's build_profile_map sorts them. Of two sections for one
 * name the later one counts alone.
 */
function sortSections(sections: Sections) {
  const profiles = new Map<string, Section>();
  const ssoSessions = new Map<string, Section>();
  const services = new Map<string, Section>();
  const kinds = { profile: profiles, "sso-session": ssoSessions, services } as const;
  for (const [header, section] of sections) {
    // A file may have thousands of these.
    if (/^profile [^\s"'\\]+$/.test(header)) profiles.set(header.slice("profile ".length), section);
    else if (header === "default") profiles.set(header, section);
    else {
      const kind = (["profile", "sso-session", "services"] as const).find((word) => header.startsWith(word));
      const words = kind && shellWords(header);
      if (kind && words?.length === 2 && words[1] !== undefined) kinds[kind].set(words[1], section);
    }
  }
  return { profiles, ssoSessions, services };
}

/** Where a setting is, for a message. */
export function whereIs({ path, line }: LocatedSetting): string {
  return `${path}:${line}`;
}

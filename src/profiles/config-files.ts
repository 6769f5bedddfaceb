import { type Environment, type FileDependency, fingerprint, stampOf } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { parseText, readText } from "./aws-text.ts";
import type { Section, Sections, Setting } from "./config-syntax.ts";
import { type AwsPaths, awsPaths } from "./file-paths.ts";
import { noOldFiles, type OldFiles, type OldKeys, readOldFiles } from "./old-files.ts";
import { shellWords } from "./shell-words.ts";

/** A setting, and the file that contains it. */
export interface LocatedSetting extends Setting {
  readonly path: string;
}

/** The settings of a section by their names, in lower case. */
export type Profile = ReadonlyMap<string, LocatedSetting>;

/** The AWS config and credentials files, read and combined as the AWS CLI does. */
export interface AwsFiles extends AwsPaths {
  /** A profile with the settings of both files; a setting of the credentials file takes precedence. */
  profile(name: string): Profile | undefined;
  /** A profile with the settings of one file. */
  profileIn(file: "config" | "credentials", name: string): Profile | undefined;
  ssoSession(name: string): Profile | undefined;
  ssoSessionNames(): readonly string[];
  services(name: string): Profile | undefined;
  profileNames(): readonly string[];
  /** All sections of a file by their headers, as they are written. */
  sections(file: "config" | "credentials"): ReadonlyMap<string, Profile>;
  /** Differs for each content of the files; hexadecimal. */
  contentKey(): string;
  /**
   * Each file that exists but is not a plain file, or that this user may not read, with the reason. It counts as
   * absent.
   */
  readonly unreadable: readonly string[];
  /** The keys in the files of AWS's oldest tools. @throws Failure */
  oldKeys(): OldKeys | undefined;
}

/** The files, or why they can't be used. */
export type ReadFiles = ReadStamps & ({ readonly files: AwsFiles } | { readonly failure: Failure });

interface ReadStamps {
  /** Of the config and the credentials file. */
  readonly stamps: readonly FileDependency[];
  readonly old: OldFiles;
}

/**
 * Reads both files, and those of AWS's oldest tools.
 *
 * @param home the folder that contains `.aws`
 * @param readStamp of a path; see store/
 * @param previous is returned if neither file has changed since
 */
export async function readAwsFiles(
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
  previous?: ReadFiles,
): Promise<ReadFiles> {
  const paths = awsPaths(env, home);
  const both = [paths.configPath, paths.credentialsPath];
  // Before the content, so that an edit in between is noticed.
  const stamps = both.map((path) => ({ path, stamp: readStamp(path) }));
  const old = await readOldFiles(env, home, readStamp, previous?.old);
  const misread = stamps.find(({ path, stamp }) => path.includes("\ufffd") && stamp === stampOf("absent"));
  if (misread) return { failure: notUtf8(misread.path), stamps, old };
  if (previous?.old === old && Bun.deepEquals(previous.stamps, stamps)) return previous;
  try {
    const [config, credentials] = await Promise.all(both.map(readText));
    const unreadable = [config, credentials].flatMap((text) => text?.unreadable ?? []);
    const files = combineFiles(paths, config?.text ?? "", credentials?.text ?? "", unreadable, old);
    return { files, stamps, old };
  } catch (error) {
    if (error instanceof Failure) return { failure: error, stamps, old };
    throw error;
  }
}

/**
 * The runtime decodes names in other encodings wrongly: no file would be found, and another credential source would be
 * used.
 */
function notUtf8(path: string): Failure {
  return new Failure(
    "AWS_FILE_INVALID",
    `${path} can't be opened: its name is not UTF-8 in the environment (HOME, AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE)`,
    "rename the folder or file so that its name is ASCII or UTF-8",
  );
}

/** Combines the texts of the two files, likewise. @throws Failure AWS_FILE_INVALID */
export function parseAwsFiles(paths: AwsPaths, config: string, credentials: string): AwsFiles {
  return combineFiles(paths, config, credentials, [], noOldFiles);
}

function combineFiles(
  paths: AwsPaths,
  config: string,
  credentials: string,
  unreadable: readonly string[],
  old: OldFiles,
): AwsFiles {
  const configSections = parseText(paths.configPath, config);
  const { profiles, ssoSessions, services } = sortSections(configSections);
  const credentialsSections = parseText(paths.credentialsPath, credentials);
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
    ssoSessionNames: () => [...ssoSessions.keys()],
    services: (name) => inConfig(services, name),
    profileNames: () => [...new Set([...profiles.keys(), ...credentialsSections.keys()])],
    sections(file) {
      const [path, sections] =
        file === "config" ? [paths.configPath, configSections] : [paths.credentialsPath, credentialsSections];
      return new Map([...sections].map(([header, section]) => [header, locate(section, path)]));
    },
    contentKey: () => fingerprint([config, credentials]),
    unreadable,
    oldKeys: () => old.keys(),
  };
}

const locatedSections = new WeakMap<Section, Profile>();

/** A section is located once: it is looked up for each setting, and may have any number of them. */
function locate(section: Section, path: string): Profile {
  const known = locatedSections.get(section);
  if (known) return known;
  const profile = new Map([...section.settings].map(([name, setting]) => [name, { ...setting, path }]));
  locatedSections.set(section, profile);
  return profile;
}

/**
 * The sections of a config file by their kind, sorted as botocore's build_profile_map does. Of two sections with the
 * same name only the later one is used.
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

/** The place of a setting, for a message. */
export function whereIs({ path, line }: LocatedSetting): string {
  return `${path}:${line}`;
}

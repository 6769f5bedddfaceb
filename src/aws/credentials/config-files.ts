import type { AwsFiles } from "./profile-closure.ts";

type Sections = Record<string, Record<string, string>>;

/**
 * The AWS config and credentials files by sections, for telling whether an identity has changed: line by
 * line what the SDK's parser does, which takes a third of a cold get to load, and a hundred may be waiting.
 */
export function parseAwsFiles(config: string, credentials: string): AwsFiles {
  return { config: profilesOf(parseSections(config)), credentials: parseSections(credentials) };
}

/** Of the config file the SDK takes [default] and what has a kind; "profile.ci" is then "ci". */
function profilesOf({ default: fallback, ...sections }: Sections): Sections {
  const profiles: Sections = Object.create(null);
  if (fallback) profiles["default"] = fallback;
  for (const [name, settings] of Object.entries(sections)) {
    if (/^(?:sso-session|services)\./.test(name)) profiles[name] = settings;
    else if (name.startsWith("profile.")) profiles[name.slice("profile.".length)] = settings;
  }
  return profiles;
}

function parseSections(text: string): Sections {
  const sections: Sections = Object.create(null);
  let section: string | undefined;
  let parent: string | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = (raw.split(/(?:^|\s)[;#]/, 1)[0] ?? "").trim();
    if (line.startsWith("[") && line.endsWith("]")) {
      section = sectionName(line.slice(1, -1));
      parent = undefined;
      continue;
    }
    const at = line.indexOf("=");
    if (section === undefined || at < 1) continue;
    const name = line.slice(0, at).trim();
    const value = line.slice(at + 1).trim();
    if (value === "") {
      parent = name;
      continue;
    }
    if (raw.trimStart() === raw) parent = undefined;
    const settings = sections[section] ?? (Object.create(null) as Record<string, string>);
    sections[section] = settings;
    settings[parent === undefined ? name : `${parent}.${name}`] = value;
  }
  return sections;
}

/** "profile ci" is "profile.ci"; undefined for a kind that the SDK passes over. */
function sectionName(header: string): string | undefined {
  const [, kind, , name] = /^([\w-]+)\s(["'])?([\w-@+.%:/]+)\2$/.exec(header) ?? [];
  if (kind === undefined) return header;
  return ["profile", "sso-session", "services"].includes(kind) ? `${kind}.${name}` : undefined;
}

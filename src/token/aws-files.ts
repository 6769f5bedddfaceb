import type { AwsFiles } from "./profile-closure.ts";

/**
 * The AWS config and credentials files by sections, for telling whether an identity has changed.
 *
 * The SDK's parser, which decides what the settings mean, takes a third of a cold get to load, and a
 * hundred may be waiting. So this one only has to show each change of a section and each name that it
 * leans on; of a line that it misreads it still keeps the text.
 */
export function parseAwsFiles(config: string, credentials: string): AwsFiles {
  return { config: parseSections(config), credentials: parseSections(credentials) };
}

function parseSections(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = Object.create(null);
  let current: Record<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [bare = ""] = line.split(/(?:^|\s)[;#]/, 1);
    const header = /^\s*\[(.*)\]\s*$/.exec(bare)?.[1];
    if (header !== undefined) {
      const name = sectionName(header.trim());
      current = sections[name] ??= Object.create(null) as Record<string, string>;
    } else if (current && bare.trim() !== "") {
      const at = bare.indexOf("=");
      // Indented lines belong to the setting above them; their order counts.
      const isNested = /^\s/.test(bare);
      const key = at < 0 || isNested ? `line ${Object.keys(current).length}` : bare.slice(0, at).trim();
      current[key] = at < 0 || isNested ? bare.trim() : bare.slice(at + 1).trim();
    }
  }
  return sections;
}

/** As the SDK names them: "profile ci" is "ci", "sso-session corp" is "sso-session.corp". */
function sectionName(header: string): string {
  const [, kind, , name = ""] = /^([\w-]+)\s+(["']?)(.+)\2$/.exec(header) ?? [];
  if (kind === undefined) return header;
  return kind === "profile" ? name : `${kind}.${name}`;
}

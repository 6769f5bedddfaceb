import type { AwsFiles, Profile } from "./config-files.ts";

/**
 * Everything in the files that a profile depends on: source profiles, SSO session, services. While it stays the same
 * the identity does too, whatever else in the files is edited.
 *
 * @returns a JSON value whose order depends only on the content
 */
export function profileClosure(files: AwsFiles, profile: string): unknown {
  const closure = closureSections(files, profile);
  const sections = [...closure]
    .map(([name, both]) => [name, both.map(sorted)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const runsProcess = [...closure.values()].flat().some((settings) => settings.has("credential_process"));
  // Such a program may itself read any of the sections, as the AWS CLI and aws-vault do.
  return runsProcess ? [sections, files.contentKey()] : sections;
}

/** The sections that a profile depends on, itself first, by kind and name: what each file has there. */
function closureSections(files: AwsFiles, profile: string): ReadonlyMap<string, readonly Profile[]> {
  const sections = new Map<string, readonly Profile[]>();
  const follow = (name: string): void => {
    const key = `profile ${name}`;
    if (sections.has(key)) return;
    const both = (["config", "credentials"] as const).map((file) => files.profileIn(file, name) ?? new Map());
    sections.set(key, both);
    for (const settings of both) {
      const [source, session, services] = ["source_profile", "sso_session", "services"].map(
        (setting) => settings.get(setting)?.value,
      );
      if (source !== undefined) follow(source);
      if (session !== undefined)
        sections.set(`sso-session ${session}`, [files.ssoSession(session) ?? new Map()]);
      if (services !== undefined)
        sections.set(`services ${services}`, [files.services(services) ?? new Map()]);
    }
  };
  follow(profile);
  return sections;
}

function sorted(settings: Profile): unknown {
  return [...settings]
    .map(([name, { value }]) => [name, value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

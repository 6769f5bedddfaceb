/** The AWS config and credentials files, parsed: section name to its settings. */
export interface AwsFiles {
  /** Profiles by name; sections of other kinds as "sso-session.NAME", "services.NAME". */
  readonly config: Sections;
  readonly credentials: Sections;
}

type Sections = Readonly<Record<string, Settings | undefined>>;

type Settings = Readonly<Record<string, string | undefined>>;

/**
 * All that the files say of a profile and of what it leans on: source profiles, SSO session, services. As
 * long as this stays the same the identity does, whatever else in the files is edited.
 *
 * @returns a JSON value in an order that depends on nothing but the content
 */
export function profileClosure(files: AwsFiles, profile: string): unknown {
  const closure = [...followedSections(files, profile)].map(
    ([name, both]) => [name, both.map(sorted)] as const,
  );
  return closure.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The sections that a profile leans on, itself first, by name: what the config and the credentials file say there. */
export function followedSections(files: AwsFiles, profile: string): ReadonlyMap<string, readonly Settings[]> {
  const seen = new Map<string, readonly Settings[]>();
  const follow = (name: string): void => {
    if (seen.has(name)) return;
    const config = files.config[name] ?? {};
    const credentials = files.credentials[name] ?? {};
    seen.set(name, [config, credentials]);
    for (const settings of [config, credentials]) {
      if (settings.source_profile) follow(settings.source_profile);
      if (settings.sso_session) follow(`sso-session.${settings.sso_session}`);
      if (settings.services) follow(`services.${settings.services}`);
      // Such a program may read any of these sections itself, as the AWS CLI and aws-vault do.
      if (settings.credential_process) for (const name of names(files)) follow(name);
    }
  };
  follow(profile);
  return seen;
}

/**
 * Whether the environment's own credentials play a part: `credential_source` takes them, and a
 * `credential_process` inherits them.
 */
export function leansOnEnvironment(files: AwsFiles, profile: string): boolean {
  const closure = JSON.stringify(profileClosure(files, profile));
  return closure.includes('"credential_source"') || closure.includes('"credential_process"');
}

function names({ config, credentials }: AwsFiles): readonly string[] {
  return [...Object.keys(config), ...Object.keys(credentials)];
}

function sorted(settings: Settings): unknown {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}

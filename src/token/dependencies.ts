import { sha256 } from "./checksum.ts";

/** What an identity depends on. A token that was fetched under it is no longer used once one of these has changed. */
export interface Dependencies {
  readonly environment: EnvironmentDependency;
  readonly files: readonly FileDependency[];
  /**
   * The machine's boot ID, if the credentials come from the machine, such as an instance role: the state folder may be
   * shared with other machines or be part of an image.
   */
  readonly boot?: string;
}

export interface EnvironmentDependency {
  /** "AWS_*": all variables that begin with "AWS_", except `harmlessNames`. "*": all except `sessionNames`. */
  readonly names: readonly string[];
  /** SHA-256 of names and values: it reveals no value. */
  readonly fingerprint: string;
}

export interface FileDependency {
  readonly path: string;
  /** See `stampOf`. */
  readonly stamp: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that locate files and endpoints, for every identity. */
const locationNames = [
  "HOME",
  "XDG_CONFIG_HOME",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_ECR",
  "AWS_ENDPOINT_URL_ECR_PUBLIC",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_SSO",
  "AWS_ENDPOINT_URL_SSO_OIDC",
  "AWS_ENDPOINT_URL_SIGNIN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
] as const;

/** Variables of the default credential chain. Without AWS_REGION: the registry's host determines the region. */
const credentialNames = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CREDENTIAL_FILE",
  "BOTO_CONFIG",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
] as const;

/** The variables that an identity of the default credential chain depends on. */
export const ambientNames: readonly string[] = [...locationNames, ...credentialNames];

/** The variables that a profile or role of config.yaml depends on: AWS_PROFILE and keys are ignored. */
export const namedNames: readonly string[] = locationNames;

/**
 * Variables that "AWS_*" does not mean: they are set in many shells and choose no principal, so a token that the daemon
 * has fetched without them can be used. They count if they are named. "AWS_CLI_*": all that begin with it.
 * native/environment.c has the same list.
 */
export const harmlessNames: readonly string[] = [
  "AWS_CA_BUNDLE",
  "AWS_CLI_*",
  "AWS_DEFAULTS_MODE",
  "AWS_DEFAULT_OUTPUT",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_MAX_ATTEMPTS",
  "AWS_OUTPUT",
  "AWS_PAGER",
  "AWS_REGION",
  "AWS_REQUEST_CHECKSUM_CALCULATION",
  "AWS_RESPONSE_CHECKSUM_VALIDATION",
  "AWS_RETRY_MODE",
  "AWS_SDK_UA_APP_ID",
  "AWS_STS_REGIONAL_ENDPOINTS",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_USE_FIPS_ENDPOINT",
];

/**
 * Variables that "*" does not mean: a shell, terminal, service manager or client sets them to another value each time, and
 * they choose no principal; and those of JavaScript runtimes, which the native front removes. They count if they are named.
 * native/environment.c has the same list.
 */
export const sessionNames: readonly string[] = [
  "_",
  "ALACRITTY_*",
  "ATUIN_*",
  "BUN_*",
  "COLORTERM",
  "COLUMNS",
  "DBUS_SESSION_BUS_ADDRESS",
  "DESKTOP_SESSION",
  "DISPLAY",
  "DOCKER_CLI_PLUGIN_*",
  "GNOME_TERMINAL_*",
  "GPG_TTY",
  "HIST*",
  "INVOCATION_ID",
  "ITERM_SESSION_ID",
  "JOURNAL_STREAM",
  "JSC_*",
  "KITTY_*",
  "KONSOLE_*",
  "LANG",
  "LANGUAGE",
  "LC_*",
  "LESS*",
  "LINES",
  "LISTEN_*",
  "LS_COLORS",
  "MAIL",
  "MANAGERPID",
  "MEMORY_PRESSURE_*",
  "MIMALLOC_*",
  "NAPI_RS_*",
  "NODE_CHANNEL_*",
  "NODE_COMPILE_CACHE*",
  "NODE_DEBUG*",
  "NODE_OPTIONS",
  "NODE_REDIRECT_*",
  "NODE_TLS_*",
  "NOTIFY_SOCKET",
  "OLDPWD",
  "OTEL_*",
  "PACKER_*",
  "PAGER",
  "PLUGIN_CLIENT_CERT",
  "PLUGIN_MAX_PORT",
  "PLUGIN_MIN_PORT",
  "PLUGIN_PROTOCOL_VERSIONS",
  "PROMPT_COMMAND",
  "PS1",
  "PWD",
  "SHLVL",
  "SSH_CLIENT",
  "SSH_CONNECTION",
  "SSH_TTY",
  "STARSHIP_*",
  "STY",
  "SUDO_COMMAND",
  "SYSTEMD_EXEC_PID",
  "TERM",
  "TERM_*",
  "TMUX",
  "TMUX_PANE",
  "TRIGGER_TIMER_*",
  "TZ",
  "TZDIR",
  "VSCODE_*",
  "VTE_VERSION",
  "WATCHDOG_*",
  "WAYLAND_DISPLAY",
  "WEZTERM_*",
  "WINDOW",
  "WINDOWID",
  "WT_SESSION",
  "XAUTHORITY",
  "XDG_SEAT",
  "XDG_SESSION_*",
  "XDG_VTNR",
  "ZELLIJ_*",
];

/** Whether "*" does not mean this variable. */
export function isSessionName(name: string): boolean {
  return sessionNames.some((pattern) => matches(name, pattern));
}

const leftOut: Readonly<Record<string, readonly string[]>> = { "AWS_*": harmlessNames, "*": sessionNames };

/**
 * The SHA-256, in hex, of the named variables; unset differs from empty. A name that ends with "*" means all variables that
 * begin with it.
 */
export function environmentFingerprint(names: readonly string[], env: Environment): string {
  let text = "";
  for (const name of names) {
    if (name.endsWith("*")) {
      text += `${name}=\0${matchingVariables(name, env)}`;
      continue;
    }
    // Not a method of every object, such as "constructor".
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    // No value contains a NUL, so two different environments give different texts.
    text += value === undefined ? `${name}\0` : `${name}=${value}\0`;
  }
  return sha256(text);
}

function matchingVariables(pattern: string, env: Environment): string {
  const matching = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined && matches(name, pattern) && !leftOut[pattern]?.some((each) => matches(name, each)),
  );
  return matching
    .map(([name, value]) => `${name}=${value}\0`)
    .sort()
    .join("");
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** SHA-256, in hex, of a JSON value. */
export function fingerprint(value: unknown): string {
  return sha256(JSON.stringify(value));
}

/** The metadata that change when a file is edited or replaced. Times in nanoseconds since the epoch. */
export interface FileStamp {
  readonly mtime: bigint;
  readonly ctime: bigint;
  readonly size: bigint;
  readonly ino: bigint;
}

/**
 * The stamp of a file. Any edit changes it: the change time even if the modification time was restored. A file that can't
 * be read counts as absent, as for the AWS SDK.
 */
export function stampOf(file: FileStamp | "absent"): string {
  return file === "absent" ? file : `${file.mtime}-${file.ctime}-${file.size}-${file.ino}`;
}

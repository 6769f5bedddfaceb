/** What the program decides by the code of a failure. What is not set here is not so. */
export interface CodeTraits {
  /**
   * throttled: gets worse by asking again. person: stays until somebody does something, at AWS or here. Neither:
   * passes by itself, be it for another reason: CLOCK_SKEW (NTP), PROCESS_FAILED (a credential_process that needs the
   * network), TLS and BAD_ANSWER (a captive portal).
   */
  readonly retry?: "throttled" | "person";
  /**
   * AWS answered so, or this machine's clock made it, and it would be the same for every process that waits for the
   * same token: one asks, and all take the failure. Not so of the network, since each process may have its own way.
   */
  readonly shared?: true;
  /** The way to AWS or to the source of the credentials failed, which may pass within seconds. */
  readonly network?: true;
  /**
   * With these no token is stored for a public registry and none could be until somebody fixes the identity: everybody
   * may read it all the same, so it is left to an anonymous pull. Not so where the network fails, since that pull
   * would fail too and hide why.
   */
  readonly anonymous?: true;
}

/** Every code of a failure. Scripts may key on them: they are added to, never changed. docs/errors.md explains each. */
export const failureCodes = {
  // Credentials
  NO_CREDENTIALS: { retry: "person", network: true, anonymous: true },
  PROFILE_NOT_FOUND: { retry: "person" },
  PROFILE_INCOMPLETE: { retry: "person" },
  AWS_FILE_INVALID: {},
  MFA_REQUIRED: { retry: "person", anonymous: true },
  SSO_EXPIRED: { retry: "person", shared: true, anonymous: true },
  SSO_ROLE_DENIED: { retry: "person", shared: true, anonymous: true },
  LOGIN_EXPIRED: { retry: "person", shared: true, anonymous: true },
  PROCESS_FAILED: { anonymous: true },
  PROCESS_UNTRUSTED: {},
  WEB_IDENTITY_FILE: { retry: "person" },
  WEB_IDENTITY_REFUSED: { retry: "person", shared: true, anonymous: true },
  CONTAINER_CREDENTIALS: { network: true },
  SESSION_EXPIRED: { retry: "person", shared: true, anonymous: true },
  KEYS_UNKNOWN: { retry: "person", shared: true, anonymous: true },
  KEYS_WRONG: { retry: "person", shared: true, anonymous: true },
  KEYS_IN_ENVIRONMENT: {},
  // Roles and permissions
  ROLE_DENIED: { retry: "person", shared: true, anonymous: true },
  ROLE_ARN: { retry: "person" },
  ROLE_PARTITION: { retry: "person" },
  ROLE_DURATION: { retry: "person", shared: true, anonymous: true },
  ACCESS_DENIED: { retry: "person", shared: true, anonymous: true },
  REGION_NOT_ENABLED: { retry: "person", shared: true },
  REPLICATION_ACCOUNT: { retry: "person" },
  REPLICATION_TARGET: {},
  IDENTITY_CHANGED: {},
  // AWS
  THROTTLED: { retry: "throttled", shared: true },
  AWS_FAULT: { shared: true },
  AWS_REFUSED: { retry: "person", shared: true },
  BAD_ANSWER: { network: true },
  CLOCK_SKEW: { shared: true },
  LIFE_TOO_SHORT: {},
  // Network
  TIMEOUT: { network: true },
  DNS: { network: true },
  UNREACHABLE: { network: true },
  TLS: { network: true },
  CA_BUNDLE: { retry: "person" },
  PROXY: { network: true },
  BAD_ENDPOINT: { retry: "person" },
  GET_TIMEOUT: {},
  REFRESH_TIMEOUT: {},
  // What clients send
  NOT_ECR: {},
  BAD_SERVER_URL: {},
  KUBELET_REQUEST: {},
  BAZEL_REQUEST: {},
  BAD_CREDENTIAL: {},
  // Logins to other registries
  FALLBACK_NONE: {},
  FALLBACK_MISSING: {},
  FALLBACK_FAILED: {},
  FALLBACK_ITSELF: {},
  FALLBACK_ANSWER: {},
  FALLBACK_TIMEOUT: {},
  KEYCHAIN_LOCKED: {},
  KEYCHAIN_UNREACHABLE: {},
  KEYCHAIN_TIMEOUT: {},
  LOGIN_KEY: {},
  LOGIN_UNREADABLE: {},
  LOGIN_TOO_LONG: {},
  LOGINS_BUSY: {},
  LOGINS_KEPT: {},
  // config.yaml
  CONFIG_SYNTAX: {},
  CONFIG_VERSION: {},
  CONFIG_INVALID: {},
  CONFIG_WRITABLE: {},
  CONFIG_UNREADABLE: {},
  CONFIG_EXISTS: {},
  CONFIG_WRITE: {},
  // Docker's config.json
  DOCKER_CONFIG_SYNTAX: {},
  DOCKER_CONFIG_TAKEN: {},
  DOCKER_CONFIG_FOLDER: {},
  HOME_ABSENT: {},
  NOTHING_KEPT: {},
  CLIENT_FILE: {},
  CLIENT_UNSAFE: {},
  CLIENT_FILE_CHANGED: {},
  PODMAN_TAKEN: {},
  NOTHING_FOUND: {},
  NOT_ASKED: {},
  IMPORT_SOURCE: {},
  IMPORT_REFUSED: {},
  IMPORT_CHECK: {},
  EXPORT_UNREADABLE: {},
  // Outputs
  OUTPUT_FOLDER: {},
  OUTPUT_FILE: {},
  OUTPUT_UNSAFE: {},
  OUTPUT_SYNTAX: {},
  OUTPUT_TAKEN: {},
  OUTPUT_BUSY: {},
  OUTPUT_TIMEOUT: {},
  EXPORT_ON_SCREEN: {},
  EXPORT_READABLE: {},
  EXPORT_FOREIGN: {},
  EXPORT_TOO_LARGE: {},
  // Files of this program
  LISTING_TIMEOUT: {},
  STATE_FOLDER: {},
  STATE_WRITE: {},
  STATE_LOCK: {},
  NO_HOME: {},
  // Daemon and commands
  DAEMON_DEBUGGER: {},
  DAEMON_RUNNING: {},
  DOCTOR_TIMEOUT: {},
  BUNDLE_EXISTS: {},
  BUNDLE_WRITE: {},
  METRICS_WRITE: {},
  STDIN_READ: {},
  STDOUT_WRITE: {},
  OVERTAKEN: {},
  USAGE: {},
  // Service
  NO_SYSTEMD: {},
  NO_LAUNCHD: {},
  NO_SERVICE_MANAGER: {},
  NO_USER_MANAGER: {},
  NEEDS_ROOT: {},
  ROOT_NEEDS_SYSTEM: {},
  NO_ACCOUNT: {},
  UNKNOWN_USER: {},
  USER_HOME: {},
  PROGRAM_PATH: {},
  PROGRAM_WRITABLE: {},
  PROGRAM_CLOSED: {},
  SERVICE_FAILED: {},
  UNIT_FILE: {},
  UNIT_FOREIGN: {},
  // Not foreseen
  UNEXPECTED: {},
  INTERNAL: {},
  // The checks of doctor
  NOT_WIRED: {},
  WIRED_ELSEWHERE: {},
  WIRING_KEY: {},
  WIRING_REMOVED: {},
  AUTH_VARIABLE: {},
  REGISTRY_AUTH_FILE: {},
  PODMAN_LOGIN_STALE: {},
  DOCKER_SNAP: {},
  AUTHS_STALE: {},
  AUTHS_HIDDEN: {},
  TOKEN_EXPIRED: {},
  TOKEN_UNKNOWN: {},
  TOKEN_MISSING: {},
  TOKEN_DEAD: {},
  LOGIN_DEAD: {},
  REGISTRY_DENIED: {},
  REPOSITORY_UNKNOWN: {},
  REPOSITORY_POLICY: {},
  IDENTITY_POLICY: {},
  DENIED_EXPLICITLY: {},
  DENIED_BY_POLICY: {},
  IMAGE_UNKNOWN: {},
  HELPER_NOT_FOUND: {},
  HELPER_NOT_EXECUTABLE: {},
  HELPER_OTHER: {},
  HELPER_VERSION: {},
  DAEMON_DEAD: {},
  DAEMON_OUTDATED: {},
  DAEMON_HANGS: {},
  DISK_FULL: {},
  DISK_READ_ONLY: {},
  DISK_REFUSED: {},
  STATE_FILE: {},
  DOCKER_CONFIG_ELSEWHERE: {},
  PACKER_DOCKER_CONFIG: {},
} as const satisfies Readonly<Record<string, CodeTraits>>;

export type FailureCode = keyof typeof failureCodes;

/** @param code of a failure, also of one that another version has noted */
export function traitsOf(code: string): CodeTraits {
  return Object.hasOwn(failureCodes, code) ? failureCodes[code as FailureCode] : {};
}

/**
 * For how long a failed fetch answers who asks for the same, in milliseconds: a build asks for one image several
 * times, and each would call AWS again. 0: not at all.
 */
export function answersFor(code: string): number {
  const { retry, shared, network } = traitsOf(code);
  if (!shared && !network) return 0;
  return shared && retry ? 30_000 : 10_000;
}

/** What the program decides by the code of a failure. Absent means no. */
export interface CodeTraits {
  /**
   * throttled: more requests make it worse. user: it lasts until a user changes something, at AWS or on this machine.
   * Absent: it may end without a user, as CLOCK_SKEW (NTP), PROCESS_FAILED (a credential_process that needs the network),
   * TLS and BAD_ANSWER (a captive portal).
   */
  readonly retry?: "throttled" | "user";
  /**
   * Every process that waits for the same token would get this failure, because AWS or this machine's clock is the cause:
   * one process calls AWS, and all use the result. Not so for the network: each process may have its own proxy.
   */
  readonly shared?: true;
  /** The connection to AWS or to the source of the credentials failed; it may work again within seconds. */
  readonly network?: true;
  /**
   * There can be no token until a user fixes the identity. A public registry can be read without one, so the pull
   * continues anonymously. Not so if the network fails: the anonymous pull would fail too and hide the cause.
   */
  readonly anonymous?: true;
}

/** All failure codes. Scripts may depend on them: new codes may be added, existing ones never change. See docs/errors.md. */
export const failureCodes = {
  // Credentials
  NO_CREDENTIALS: { retry: "user", network: true, anonymous: true },
  PROFILE_NOT_FOUND: { retry: "user" },
  PROFILE_INCOMPLETE: { retry: "user" },
  AWS_FILE_INVALID: {},
  MFA_REQUIRED: { retry: "user", anonymous: true },
  SSO_EXPIRED: { retry: "user", shared: true, anonymous: true },
  SSO_ROLE_DENIED: { retry: "user", shared: true, anonymous: true },
  LOGIN_EXPIRED: { retry: "user", shared: true, anonymous: true },
  PROCESS_FAILED: { anonymous: true },
  PROCESS_UNTRUSTED: {},
  WEB_IDENTITY_FILE: { retry: "user" },
  WEB_IDENTITY_REFUSED: { retry: "user", shared: true, anonymous: true },
  CONTAINER_CREDENTIALS: { network: true },
  SESSION_EXPIRED: { retry: "user", shared: true, anonymous: true },
  KEYS_UNKNOWN: { retry: "user", shared: true, anonymous: true },
  KEYS_WRONG: { retry: "user", shared: true, anonymous: true },
  KEYS_IN_ENVIRONMENT: {},
  // Roles and permissions
  ROLE_DENIED: { retry: "user", shared: true, anonymous: true },
  ROLE_ARN: { retry: "user" },
  ROLE_PARTITION: { retry: "user" },
  ROLE_DURATION: { retry: "user", shared: true, anonymous: true },
  ACCESS_DENIED: { retry: "user", shared: true, anonymous: true },
  REGION_NOT_ENABLED: { retry: "user", shared: true },
  REPLICATION_ACCOUNT: { retry: "user" },
  REPLICATION_TARGET: {},
  IDENTITY_CHANGED: {},
  // AWS
  THROTTLED: { retry: "throttled", shared: true },
  AWS_FAULT: { shared: true },
  AWS_REFUSED: { retry: "user", shared: true },
  BAD_ANSWER: { network: true },
  CLOCK_SKEW: { shared: true },
  LIFE_TOO_SHORT: {},
  PROCESS_LIMIT: {},
  // Network
  TIMEOUT: { network: true },
  DNS: { network: true },
  UNREACHABLE: { network: true },
  TLS: { network: true },
  CA_BUNDLE: { retry: "user" },
  PROXY: { network: true },
  BAD_ENDPOINT: { retry: "user" },
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
  UNDO_TOO_LARGE: {},
  PODMAN_TAKEN: {},
  NOTHING_FOUND: {},
  NOT_ASKED: {},
  PROFILE_CHOICE: {},
  IMPORT_TOO_MANY: {},
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
  SECRET_TAKEN: {},
  SECRET_NAMESPACE: {},
  SECRET_TOO_LARGE: {},
  SECRET_REGISTRY: {},
  KUBECONFIG: {},
  CLUSTER_UNREACHABLE: {},
  CLUSTER_CREDENTIALS: {},
  CLUSTER_DENIED: {},
  CLUSTER_THROTTLED: {},
  CLUSTER_ANSWER: {},
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
  // Unexpected
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

/** @param code of a failure; another version of this program may have stored it */
export function traitsOf(code: string): CodeTraits {
  return Object.hasOwn(failureCodes, code) ? failureCodes[code as FailureCode] : {};
}

/**
 * How long the failure of a fetch is reused for requests of the same token, in milliseconds: a build requests one image
 * several times, and each request would call AWS again. 0: it is not reused.
 */
export function answersFor(code: string): number {
  const { retry, shared, network } = traitsOf(code);
  if (!shared && !network) return 0;
  return shared && retry ? 30_000 : 10_000;
}

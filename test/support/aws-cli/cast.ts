import { type Cast, defaultCast, type Role, type User } from "../aws/cast.ts";

/** Principals for the comparison with the AWS CLI: each place that can hold credentials has one of its own. */

/** How many profiles, and as many of all that belongs to one, a situation can have. */
export const slots = [0, 1, 2, 3] as const;
export type Slot = (typeof slots)[number];

export const account = "111122223333";
export const arn = (kind: "user" | "role", name: string): string => `arn:aws:iam::${account}:${kind}/${name}`;

/** Where keys can be: the name of the user to whom they belong there. */
export type Place =
  | "environment"
  | "legacy"
  | `${"config" | "credentials" | "process" | "session" | "login"}-${Slot}`;

/** A user's static keys; those of a session and of `aws login` count with their token only. */
export function keysAt(place: Place): User {
  const label = place.toUpperCase().replace("-", "");
  const isSession = place.startsWith("session-") || place.startsWith("login-");
  return {
    arn: arn("user", place),
    accessKeyId: `TESTKEY${label}`,
    secretAccessKey: `test-secret-of-${place}`,
    ...(isSession && { sessionToken: `test-session-token-of-${place}` }),
  };
}

/** The sign-in that belongs to a slot. */
export const accessTokenOf = (slot: Slot): string => `test-sso-access-token-${slot}`;
export const refreshTokenOf = (slot: Slot): string => `test-sso-refresh-token-${slot}`;
export const webTokenOf = (slot: Slot): string => `test-web-identity-token-${slot}`;

export const roleOf = (slot: Slot): string => arn("role", `assumed-${slot}`);
export const webRoleOf = (slot: Slot): string => arn("role", `web-${slot}`);
const signInRole = (slot: Slot): string => arn("role", `sso-${slot}`);
export const environmentRole = arn("role", "web-environment");
/** Trusts no principal. */
export const closedRole = arn("role", "closed");
/** Wants the external id "partner". */
export const partnerRole = arn("role", "partner");

const open = (roleArn: string, more: Partial<Role> = {}): Role => ({
  arn: roleArn,
  trusts: ["*"],
  maxSessionSeconds: 43_200,
  ...more,
});

const places: readonly Place[] = [
  "environment",
  "legacy",
  ...slots.flatMap((slot) =>
    (["config", "credentials", "process", "session", "login"] as const).map(
      (kind) => `${kind}-${slot}` as const,
    ),
  ),
];

const instanceRole = arn("role", "instance");
const containerRole = arn("role", "container");
const webRoles = [environmentRole, ...slots.map(webRoleOf)];

export const judgedCast: Cast = {
  ...defaultCast,
  users: places.map(keysAt),
  roles: [
    ...[instanceRole, containerRole, ...webRoles, ...slots.map(roleOf), ...slots.map(signInRole)].map(
      (each) => open(each),
    ),
    open(closedRole, { trusts: [] }),
    open(partnerRole, { externalId: "partner" }),
  ],
  webIdentities: slots.map((slot) => ({
    token: webTokenOf(slot),
    subject: `test-${slot}`,
    roles: webRoles,
  })),
  ssoSessions: slots.map((slot) => ({
    accessToken: accessTokenOf(slot),
    refreshToken: refreshTokenOf(slot),
    assignments: slots.map((each) => ({ account, roleName: `sso-${each}`, roleArn: signInRole(each) })),
  })),
  instanceRole,
  containerRole,
  containerAuthorization: "test-container-token",
  replication: {},
};

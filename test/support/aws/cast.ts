/** The principals of the stand-in: users and roles, their permissions, and other data of AWS. */

/** The permissions of a principal. */
export interface Rights {
  /** ecr:GetAuthorizationToken; default true. */
  readonly getToken?: boolean;
  /** ecr-public:GetAuthorizationToken; default true. */
  readonly getPublicToken?: boolean;
  /** ecr:DescribeRegistry; default true. */
  readonly describeRegistry?: boolean;
  /** Accounts from whose registries it may pull; default its own. */
  readonly pull?: readonly string[];
  /** Accounts to whose registries it may push; default its own. */
  readonly push?: readonly string[];
}

/** A user with static keys. */
export interface User {
  /** arn:aws:iam::ACCOUNT:user/NAME */
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The session token that the keys require. */
  readonly sessionToken?: string;
  readonly rights?: Rights;
}

export interface Role {
  /** arn:aws:iam::ACCOUNT:role/NAME */
  readonly arn: string;
  /** Who may assume it: ARNs of users and roles, account numbers (all their principals), or "*"; default none. */
  readonly trusts?: readonly string[];
  readonly externalId?: string;
  /** Seconds; default 3,600. */
  readonly maxSessionSeconds?: number;
  readonly rights?: Rights;
}

/** A web identity token of a simulated identity provider. */
export interface WebIdentity {
  readonly token: string;
  readonly subject: string;
  /** The ARNs of the roles that trust it. */
  readonly roles: readonly string[];
  /** Milliseconds since the epoch; default never. */
  readonly expiresAt?: number;
}

/** A sign-in to IAM Identity Center. */
export interface SsoSession {
  readonly accessToken: string;
  /** The refresh token for CreateToken; absent: the session can't be refreshed. */
  readonly refreshToken?: string;
  /** Milliseconds since the epoch; default never. */
  readonly expiresAt?: number;
  readonly assignments: readonly {
    readonly account: string;
    readonly roleName: string;
    /** The role in that account whose permissions the session has. */
    readonly roleArn: string;
  }[];
}

export interface ReplicationRule {
  readonly destinations: readonly { readonly region: string; readonly registryId: string }[];
  readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: "PREFIX_MATCH" }[];
}

export interface Cast {
  readonly users: readonly User[];
  readonly roles: readonly Role[];
  readonly webIdentities: readonly WebIdentity[];
  readonly ssoSessions: readonly SsoSession[];
  /** The ARN of the instance role in IMDS; absent: the machine has none. */
  readonly instanceRole?: string | undefined;
  /** The ARN of the role at the container credentials endpoint; absent: there is none. */
  readonly containerRole?: string;
  /** The Authorization header that the endpoint requires; absent: none. */
  readonly containerAuthorization?: string;
  /** The replication rules of a registry, by "ACCOUNT/REGION". */
  readonly replication: Readonly<Record<string, readonly ReplicationRule[]>>;
}

/** Twelve digits. */
export const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** The last part of a path: "deploy" of "arn:aws:iam::111122223333:role/ci/deploy". */
export const nameOf = (arn: string): string => arn.split("/").at(-1) ?? "";

const replicationRules: readonly ReplicationRule[] = [
  {
    destinations: [
      { region: "us-west-2", registryId: "111122223333" },
      { region: "eu-west-1", registryId: "444455556666" },
    ],
  },
];

/**
 * Two accounts. In 111122223333: users alice (all rights there, and pulls from 444455556666) and mallory (no
 * rights), role `ci`, and replication from us-east-1 to both accounts. In 444455556666: user bob and role `ecr-pull`,
 * which alice and `ci` may assume. The machine and the container both have role `ci`.
 */
export const defaultCast: Cast = {
  users: [
    {
      arn: "arn:aws:iam::111122223333:user/alice",
      accessKeyId: "TESTKEYALICE",
      secretAccessKey: "test-secret-of-alice",
      rights: { pull: ["111122223333", "444455556666"] },
    },
    {
      arn: "arn:aws:iam::444455556666:user/bob",
      accessKeyId: "TESTKEYBOB",
      secretAccessKey: "test-secret-of-bob",
    },
    {
      arn: "arn:aws:iam::111122223333:user/mallory",
      accessKeyId: "TESTKEYMALLORY",
      secretAccessKey: "test-secret-of-mallory",
      rights: { getToken: false, getPublicToken: false, describeRegistry: false, pull: [], push: [] },
    },
  ],
  roles: [
    {
      arn: "arn:aws:iam::111122223333:role/ci",
      trusts: ["arn:aws:iam::111122223333:user/alice"],
      maxSessionSeconds: 43_200,
    },
    {
      arn: "arn:aws:iam::444455556666:role/ecr-pull",
      trusts: ["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/ci"],
      maxSessionSeconds: 43_200,
    },
  ],
  webIdentities: [
    {
      token: "test-web-identity-token",
      subject: "repo:example/app",
      roles: ["arn:aws:iam::111122223333:role/ci"],
    },
  ],
  ssoSessions: [
    {
      accessToken: "test-sso-access-token",
      refreshToken: "test-sso-refresh-token",
      assignments: [
        { account: "111122223333", roleName: "ci", roleArn: "arn:aws:iam::111122223333:role/ci" },
        { account: "444455556666", roleName: "ecr-pull", roleArn: "arn:aws:iam::444455556666:role/ecr-pull" },
      ],
    },
  ],
  instanceRole: "arn:aws:iam::111122223333:role/ci",
  containerRole: "arn:aws:iam::111122223333:role/ci",
  replication: { "111122223333/us-east-1": replicationRules },
};

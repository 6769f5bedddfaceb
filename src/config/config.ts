import type { Registry } from "../registry/registry.ts";

/** config.yaml, checked: every identity that it names exists, every host is ECR's where it must be. */
export interface Config {
  readonly version: 1;
  /** Milliseconds: a token with less life left is handed out only when no better one can be had. */
  readonly minValidity: number;
  /** By name, in the order of the file; without a prototype, so that any name can be looked up. */
  readonly identities: Readonly<Record<string, IdentityDefinition>>;
  /** The line of each in config.yaml, from 1. Apart from the definitions, for an identity is the same on any line. */
  readonly identityLines: Readonly<Record<string, number>>;
  readonly registries: readonly RegistrationDefinition[];
  /** Host name to ECR host, both canonical as `readServerUrl` makes them; without a prototype. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Who keeps logins to hosts that are not ECR's: the keychain, an encrypted file, nobody, or `docker-credential-NAME`. */
  readonly fallback: Fallback;
  /** Whether a client gets the reason of a failed `get` on stdout, instead of Docker's words for no credentials. */
  readonly reportsFailures: boolean;
  readonly store: "file" | "keychain";
  readonly outputs: readonly Output[];
}

export type IdentityDefinition = ProfileDefinition | RoleDefinition;

export interface ProfileDefinition {
  readonly kind: "profile";
  readonly profile: string;
}

export interface RoleDefinition {
  readonly kind: "role";
  /** May hold `{account}`: the registry's. */
  readonly roleArn: string;
  /** The name of the identity that assumes it; absent: the ambient one. */
  readonly source?: string;
  readonly externalId?: string;
  readonly sessionName?: string;
  /** Seconds. */
  readonly duration?: number;
  readonly region?: string;
}

/** One entry of `registries`. */
export interface RegistrationDefinition {
  readonly target: Target;
  /** The name of an identity; absent: the ambient one. */
  readonly identity?: string;
  readonly replication?: Replication;
  /** Where it stands in config.yaml, from 1. */
  readonly line: number;
}

export type Target = HostTarget | AccountTarget;

export interface HostTarget {
  readonly kind: "host";
  readonly registry: Registry;
}

export interface AccountTarget {
  readonly kind: "account";
  /** Twelve digits, or `everyAccount`. */
  readonly account: string;
  /** Absent: every region. */
  readonly regions?: readonly string[];
}

/** Stands for each account that no other entry names. */
export const everyAccount = "*";

export interface Replication {
  readonly follow: boolean;
  /** The name of the identity that reads targets in other accounts. */
  readonly identity?: string;
}

export type Fallback =
  | { readonly kind: "keychain" }
  | { readonly kind: "file" }
  | { readonly kind: "none" }
  | { readonly kind: "helper"; readonly name: string };

export interface Output {
  /** Absolute path of a Docker config.json whose `auths` are kept fresh. */
  readonly dockerConfig: string;
}

/** What holds without a config file: any ECR host, the ambient identity. */
export const emptyConfig: Config = {
  version: 1,
  minValidity: 3_600_000,
  identities: Object.freeze(Object.create(null)),
  identityLines: Object.freeze(Object.create(null)),
  registries: [],
  aliases: Object.freeze(Object.create(null)),
  fallback: { kind: "keychain" },
  reportsFailures: false,
  store: "file",
  outputs: [],
};

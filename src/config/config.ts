import type { Registry } from "../registry/registry.ts";
import type { Failure } from "../token/failure.ts";

/** A checked config.yaml: every identity that it names exists, and every registry host is an ECR host. */
export interface Config {
  readonly version: 1;
  /** Milliseconds: a token with less life left is used only if no new one can be fetched. */
  readonly minValidity: number;
  /** By name, in the order of the file; without a prototype, so that any name can be looked up. */
  readonly identities: Readonly<Record<string, IdentityDefinition>>;
  /** The line of each identity in config.yaml, from 1. Separate from the definitions: the line does not affect the identity. */
  readonly identityLines: Readonly<Record<string, number>>;
  readonly registries: readonly RegistrationDefinition[];
  /** Host name to ECR host, both canonical as `readServerUrl` makes them; without a prototype. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The store for logins to hosts outside ECR: the keychain, encrypted files, none, or `docker-credential-NAME`. */
  readonly fallback: Fallback;
  /** Whether a client gets the reason of a failed `get` on stdout, instead of Docker's text for "no credentials". */
  readonly reportsFailures: boolean;
  readonly store: "file" | "keychain";
  readonly outputs: readonly Output[];
  /** Why config.yaml was not read, and this is the default config: it is in another user's home folder. */
  readonly notRead?: Failure;
  readonly secretOutputs: readonly SecretOutput[];
}

export type IdentityDefinition = ProfileDefinition | RoleDefinition;

export interface ProfileDefinition {
  readonly kind: "profile";
  readonly profile: string;
}

export interface RoleDefinition {
  readonly kind: "role";
  /** May contain `{account}`, the registry's account. */
  readonly roleArn: string;
  /** The name of the identity that assumes it; absent: the default credential chain. */
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
  /** The name of an identity; absent: the default credential chain. */
  readonly identity?: string;
  readonly replication?: Replication;
  /** Its line in config.yaml, from 1. */
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
  /** Absent: all regions. */
  readonly regions?: readonly string[];
}

/** Means every account that no other entry names. */
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

/** A pull secret that is kept fresh in namespaces of a Kubernetes cluster. */
export interface SecretOutput {
  readonly name: string;
  readonly namespaces: NamespaceSelection;
  /** The hosts whose tokens it contains; absent: those of all registries that are renewed, and their aliases. */
  readonly registries?: readonly string[];
  /** The service accounts whose `imagePullSecrets` name it. */
  readonly serviceAccounts: readonly string[];
  readonly cluster: ClusterName;
}

export type NamespaceSelection =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "labels"; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: "all" };

/** How to reach a cluster. Without a kubeconfig: from a pod, with its service account. */
export interface ClusterName {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The config if there is no file: every ECR host with the default credential chain. */
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
  secretOutputs: [],
};

import { resolve } from "node:path";
import { parseHost } from "../registry/host.ts";
import {
  type Config,
  emptyConfig,
  type Fallback,
  type IdentityDefinition,
  type RegistrationDefinition,
  type SecretOutput,
  type Target,
} from "./config.ts";
import { parseDuration } from "./duration.ts";
import type { KeyPath } from "./problem.ts";
import type { RawConfig, RawIdentity, RawRegistration } from "./schema.ts";
import type { RawKubernetesSecret } from "./secret-schema.ts";

/**
 * Converts a config that has passed all checks into the form that the program uses.
 *
 * @param lineOf the line of a value
 */
export function build(raw: RawConfig, lineOf: (path: KeyPath) => number): Config {
  const identities: Record<string, IdentityDefinition> = Object.create(null);
  const identityLines: Record<string, number> = Object.create(null);
  for (const [name, identity] of Object.entries(raw.identities ?? {})) {
    identities[name] = identityOf(identity);
    identityLines[name] = lineOf(["identities", name]);
  }
  const { minValidity, registries = [], store = emptyConfig.store, outputs = [] } = raw;
  return {
    version: 1,
    minValidity:
      (minValidity === undefined ? undefined : parseDuration(minValidity)) ?? emptyConfig.minValidity,
    identities,
    identityLines,
    registries: registries.map((each, index) => registrationOf(each, lineOf(["registries", index]))),
    aliases: Object.assign(Object.create(null), raw.aliases),
    reportsFailures: raw.failures === "report",
    fallback: raw.fallback === undefined ? emptyConfig.fallback : fallbackOf(raw.fallback),
    store,
    outputs: outputs.flatMap(({ dockerConfig }) =>
      dockerConfig === undefined ? [] : [{ dockerConfig: resolve(dockerConfig) }],
    ),
    secretOutputs: outputs.flatMap(({ kubernetesSecret }) =>
      kubernetesSecret === undefined ? [] : [secretOutputOf(kubernetesSecret)],
    ),
  };
}

function identityOf({ profile, roleArn, duration, ...rest }: RawIdentity): IdentityDefinition {
  if (profile !== undefined) return { kind: "profile", profile };
  const seconds = duration === undefined ? undefined : (parseDuration(duration) ?? 0) / 1000;
  return {
    kind: "role",
    roleArn: roleArn ?? "",
    ...defined(rest),
    ...(seconds !== undefined && { duration: seconds }),
  } as IdentityDefinition;
}

function registrationOf(
  { identity, replication, ...target }: RawRegistration,
  line: number,
): RegistrationDefinition {
  return {
    target: targetOf(target),
    ...(identity !== undefined && { identity }),
    ...(replication && { replication: defined(replication) as { follow: boolean; identity?: string } }),
    line,
  };
}

function targetOf({ host, account, regions }: RawRegistration): Target {
  const registry = host === undefined ? undefined : parseHost(host);
  if (registry) return { kind: "host", registry };
  return { kind: "account", account: account ?? "", ...(regions && { regions }) };
}

function secretOutputOf(raw: RawKubernetesSecret): SecretOutput {
  const { name, namespaces: names, selector: labels, registries, kubeconfig, context } = raw;
  const { serviceAccounts = "leave", serviceAccountNames = ["default"] } = raw;
  return {
    name,
    namespaces: names ? { kind: "names", names } : labels ? { kind: "labels", labels } : { kind: "all" },
    ...(registries && { registries }),
    serviceAccounts: serviceAccounts === "patch" ? serviceAccountNames : [],
    cluster: {
      ...(kubeconfig !== undefined && { kubeconfig: resolve(kubeconfig) }),
      ...(context !== undefined && { context }),
    },
  };
}

function fallbackOf(name: string): Fallback {
  return name === "keychain" || name === "file" || name === "none"
    ? { kind: name }
    : { kind: "helper", name };
}

/** Removes keys with the value undefined: an absent key must give the same fingerprint. */
function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value;
}

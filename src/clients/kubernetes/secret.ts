import { parseDocument, stringify } from "yaml";
import { Failure } from "../../token/failure.ts";

/** The name and namespace of a Secret. */
export interface SecretName {
  readonly name: string;
  /** Default: the namespace of kubectl's context. */
  readonly namespace?: string;
}

const type = "kubernetes.io/dockerconfigjson";
export const managedBy = { "app.kubernetes.io/managed-by": "docker-credential-ecr" };

/** When the first token in a Secret expires. */
export const expiryAnnotation = "docker-credential-ecr/expires-at";
/** The hosts whose tokens a Secret contains, separated by commas. */
export const registriesAnnotation = "docker-credential-ecr/registries";

/** The largest data of a Secret, in bytes: https://kubernetes.io/docs/concepts/configuration/secret/ */
const mostBytes = 1_048_576;

/**
 * A manifest for kubectl, of the type that `imagePullSecrets` uses.
 *
 * @param dockerConfig text of a Docker config.json
 * @param expiresAt when the first token in it expires, in milliseconds since the epoch
 * @throws Failure EXPORT_TOO_LARGE
 */
export function secretManifest(
  { name, namespace }: SecretName,
  dockerConfig: string,
  expiresAt: number,
): string {
  const bytes = Buffer.from(dockerConfig);
  if (bytes.length > mostBytes) {
    const what = `these tokens need a Secret of ${bytes.length} bytes, but Kubernetes allows ${mostBytes}`;
    throw new Failure("EXPORT_TOO_LARGE", what, "name fewer registries, and create several Secrets");
  }
  return stringify(
    {
      apiVersion: "v1",
      kind: "Secret",
      type,
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        labels: managedBy,
        annotations: { [expiryAnnotation]: inSeconds(expiresAt) },
      },
      data: { ".dockerconfigjson": bytes.toString("base64") },
    },
    // Words such as `yes` and dates are quoted, for readers of YAML 1.1.
    { lineWidth: 0, compat: "yaml-1.1" },
  );
}

/** The largest annotation that this program writes, in characters: all of an object's may have 256 KiB. */
const longestAnnotation = 100_000;

/**
 * A Secret for server-side apply.
 *
 * @param hosts of the registries in `dockerConfig`
 * @param expiresAt when the first token in it expires, in milliseconds since the epoch; Infinity: there is none
 * @throws Failure SECRET_TOO_LARGE
 */
export function appliedSecret(
  name: string,
  dockerConfig: string,
  hosts: readonly string[],
  expiresAt: number,
): AppliedSecret {
  const bytes = Buffer.from(dockerConfig);
  if (bytes.length > mostBytes) {
    const what = `Secret ${name} would have ${bytes.length} bytes, but Kubernetes allows ${mostBytes}`;
    throw new Failure("SECRET_TOO_LARGE", what, "name fewer registries in config.yaml");
  }
  const registries = hosts.join(",");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type,
    metadata: {
      name,
      labels: managedBy,
      annotations: {
        ...(expiresAt < Infinity && { [expiryAnnotation]: inSeconds(expiresAt) }),
        ...(registries.length <= longestAnnotation && { [registriesAnnotation]: registries }),
      },
    },
    data: { ".dockerconfigjson": bytes.toString("base64") },
  };
}

/** A Secret without its namespace. */
export interface AppliedSecret {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly type: typeof type;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly data: Readonly<Record<string, string>>;
}

/** Whether a text is a manifest of this program, or empty, so that it may be replaced. */
export function isReplaceableManifest(text: string): boolean {
  if (text.trim() === "") return true;
  const document = parseDocument(text, { logLevel: "silent" });
  const [label] = Object.entries(managedBy);
  return (
    document.errors.length === 0 &&
    document.get("kind") === "Secret" &&
    document.get("type") === type &&
    document.getIn(["metadata", "labels", label?.[0]]) === label?.[1]
  );
}

/** A time in the format of Kubernetes: "2026-01-31T12:00:00Z". */
export function inSeconds(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Whether Kubernetes accepts a name for a Secret: a DNS subdomain. */
export function isSecretName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** Whether Kubernetes accepts a name for a namespace: a DNS label. */
export function isNamespaceName(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

import { parseDocument, stringify } from "yaml";
import { Failure } from "../../token/failure.ts";

/** The name and namespace of a Secret. */
export interface SecretName {
  readonly name: string;
  /** Default: the namespace of kubectl's context. */
  readonly namespace?: string;
}

const type = "kubernetes.io/dockerconfigjson";
const managedBy = { "app.kubernetes.io/managed-by": "docker-credential-ecr" };

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
        annotations: { "docker-credential-ecr/expires-at": inSeconds(expiresAt) },
      },
      data: { ".dockerconfigjson": bytes.toString("base64") },
    },
    // Words such as `yes` and dates are quoted, for readers of YAML 1.1.
    { lineWidth: 0, compat: "yaml-1.1" },
  );
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

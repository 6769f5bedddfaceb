import { parseDocument, stringify } from "yaml";
import { Failure } from "../../token/failure.ts";

/** What the manifest is to be called in the cluster. */
export interface SecretPlace {
  readonly name: string;
  /** Absent: that of kubectl's context. */
  readonly namespace?: string;
}

const type = "kubernetes.io/dockerconfigjson";
const managedBy = { "app.kubernetes.io/managed-by": "docker-credential-ecr" };

/** Bytes that the data of a Secret may have: https://kubernetes.io/docs/concepts/configuration/secret/ */
const mostBytes = 1_048_576;

/**
 * A manifest for kubectl, of the kind that `imagePullSecrets` takes.
 *
 * @param dockerConfig text of a Docker config.json
 * @param expiresAt milliseconds since the epoch: when the first token in it ends
 * @throws Failure EXPORT_TOO_LARGE
 */
export function secretManifest(
  { name, namespace }: SecretPlace,
  dockerConfig: string,
  expiresAt: number,
): string {
  const bytes = Buffer.from(dockerConfig);
  if (bytes.length > mostBytes) {
    const what = `these tokens make a Secret of ${bytes.length} bytes, and Kubernetes takes ${mostBytes}`;
    throw new Failure("EXPORT_TOO_LARGE", what, "name fewer registries, and make several Secrets");
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
    { lineWidth: 0 },
  );
}

/** Whether a text is a manifest that this program made, or nothing: then another may take its place. */
export function isOurManifest(text: string): boolean {
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

/** A moment as people and Kubernetes write it: "2026-01-31T12:00:00Z". */
export function inSeconds(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A name as Kubernetes takes it for a Secret: a DNS subdomain. */
export function isSecretName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** A DNS label. */
export function isNamespaceName(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { readNamedRegistry } from "../registry/image.ts";
import type { Registry } from "../registry/registry.ts";
import { Failure } from "../token/failure.ts";
import type { ServiceAccountIdentity } from "../token/identity.ts";
import {
  type AliasLookup,
  type CredentialPorts,
  lookUpAlias,
  type ProtocolAnswer,
  type TimedCredential,
  timedCredential,
} from "./timed-credential.ts";

const apiVersion = "credentialprovider.kubelet.k8s.io/v1";

/** The service account's annotation that names its role, the same as for AWS's own provider. */
export const roleAnnotation = "eks.amazonaws.com/ecr-role-arn";

export interface KubeletPorts extends CredentialPorts {
  /** A credential for the role of a service account; it is never stored. @throws Failure */
  forServiceAccount(registry: Registry, identity: ServiceAccountIdentity): Promise<TimedCredential>;
  /** The role for service accounts without the annotation; undefined: there is none. */
  readonly defaultRole: string | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Answers a request of kubelet's image credential provider protocol. An image outside ECR gets an empty `auth`.
 * `cacheDuration` is half of the credential's remaining life, so that kubelet never uses an expired one.
 *
 * Source: https://kubernetes.io/docs/reference/config-api/kubelet-credentialprovider.v1/
 *
 * @throws Failure KUBELET_REQUEST, and what fetching the credential throws
 */
export async function answerKubelet(input: string, ports: KubeletPorts): Promise<ProtocolAnswer> {
  const request = parseRequest(input);
  const named = readNamedRegistry(request.image);
  if (named.url.kind === "malformed") throw refusal(`its image can't be read: ${named.url.reason}`);
  const { url } = named;
  const lookup = url.kind === "ecr" ? url : await lookUpAlias(url.host, ports);
  const credential = await credentialFor(lookup, request, ports);
  const text = JSON.stringify({
    apiVersion,
    kind: "CredentialProviderResponse",
    // In service account mode kubelet itself adds the service account to the key.
    cacheKeyType: "Registry",
    cacheDuration: goDuration(credential ? halfOfRemainingLife(credential, ports.now()) : 0),
    auth: credential
      ? { [hostOf(request.image)]: { username: credential.username, password: credential.secret } }
      : {},
  });
  const reason = (lookup as AliasLookup).reason ?? credential?.notice;
  return { text, ...(reason && { reason }) };
}

type Request = z.infer<typeof requestForm>;

const requestForm = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  image: z.string().check(z.minLength(1)),
  serviceAccountToken: z.optional(z.string()),
  serviceAccountAnnotations: z.nullish(z.record(z.string(), z.string())),
});

function parseRequest(text: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal("it is not JSON", error);
  }
  const { data, error } = requestForm.safeParse(value, { error: en().localeError });
  if (!data) {
    const [issue] = error.issues;
    throw refusal(`${issue?.path.join(".") || "the request"}: ${issue?.message}`);
  }
  if (data.kind !== "CredentialProviderRequest") throw refusal("its kind is not CredentialProviderRequest");
  if (data.apiVersion === apiVersion) return data;
  if (/^credentialprovider\.kubelet\.k8s\.io\/v1(?:alpha|beta)\d$/.test(data.apiVersion)) {
    throw refusal(`its apiVersion ${data.apiVersion} is one that Kubernetes has replaced by v1`);
  }
  throw refusal("its apiVersion is unknown");
}

function refusal(problem: string, cause?: unknown): Failure {
  return new Failure(
    "KUBELET_REQUEST",
    `the request of kubelet was refused: ${problem}`,
    `write apiVersion: ${apiVersion} for this provider in kubelet's CredentialProviderConfig`,
    { cause },
  );
}

async function credentialFor(
  { registry, stored }: AliasLookup,
  { serviceAccountToken: token, serviceAccountAnnotations: annotations }: Request,
  ports: KubeletPorts,
): Promise<TimedCredential | undefined> {
  const roleArn = (annotations && annotation(annotations, roleAnnotation)) || ports.defaultRole;
  const isForPod = token && roleArn;
  // A stored credential is another identity's.
  if (!registry) return isForPod ? undefined : stored;
  if (!isForPod) return timedCredential(registry, ports);
  return ports.forServiceAccount(registry, { kind: "service-account", roleArn, token });
}

function annotation(annotations: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(annotations, name) ? annotations[name] : undefined;
}

/** kubelet compares it with the image name in the pod's spec. */
function hostOf(image: string): string {
  return image.replace(/^https?:\/\//i, "").split("/", 1)[0] ?? "";
}

function halfOfRemainingLife({ expiresAt = 0 }: TimedCredential, now: number): number {
  return Math.max(0, expiresAt - now) / 2;
}

/** A duration as Go prints it: "5h59m30s". @param ms is rounded down to whole seconds */
export function goDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}

/**
 * An error in the format of klog, which kubelet uses for its own log.
 *
 * Source: https://github.com/kubernetes/klog (Lmmdd hh:mm:ss.uuuuuu threadid file:line] message)
 *
 * @param at local time
 */
export function klogError(text: string, at: Date, pid: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const micros = String(at.getMilliseconds() * 1000).padStart(6, "0");
  return `E${day} ${time}.${micros} ${String(pid).padStart(7)} docker-credential-ecr:0] ${text}`;
}

import type { Principal } from "./credentials.ts";
import { partitionOf } from "./hosts.ts";

/** A parsed request to a repository. */
export interface RepositoryRequest {
  readonly repository: string;
  /** The IAM action that it requires. */
  readonly action: string;
  readonly needs: "pull" | "push" | "either";
}

type Need = readonly [action: string, needs: RepositoryRequest["needs"]];

const reading: Readonly<Record<string, Need>> = {
  manifests: ["ecr:BatchGetImage", "pull"],
  blobs: ["ecr:GetDownloadUrlForLayer", "pull"],
  tags: ["ecr:ListImages", "pull"],
  referrers: ["ecr:ListImageReferrers", "pull"],
};

const writing: Readonly<Record<string, Need>> = {
  "PUT manifests": ["ecr:PutImage", "push"],
  "DELETE manifests": ["ecr:BatchDeleteImage", "push"],
  "POST blobs/uploads": ["ecr:InitiateLayerUpload", "push"],
  "GET blobs/uploads": ["ecr:UploadLayerPart", "push"],
  "PATCH blobs/uploads": ["ecr:UploadLayerPart", "push"],
  "PUT blobs/uploads": ["ecr:CompleteLayerUpload", "push"],
  "DELETE blobs/uploads": ["ecr:CompleteLayerUpload", "push"],
  // Before a push, clients check whether a layer already exists.
  "HEAD blobs": ["ecr:BatchCheckLayerAvailability", "either"],
};

const form = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\//;

/** Undefined if the path is not that of a repository, or the method does not match it. */
export function readRepositoryRequest(method: string, path: string): RepositoryRequest | undefined {
  const [, repository, part = ""] = form.exec(path) ?? [];
  const readable = method === "GET" || method === "HEAD" ? reading[part] : undefined;
  const need = writing[`${method} ${part}`] ?? readable;
  if (!need || !repository) return undefined;
  return { repository, action: need[0], needs: need[1] };
}

/** ECR's error for a principal without permission; undefined if it has permission. The end names the missing policy. */
export function missingRight(
  principal: Principal,
  account: string,
  region: string,
  { repository, action, needs }: RepositoryRequest,
): string | undefined {
  const { pull = [principal.account], push = [principal.account] } = principal.rights;
  const accounts = { pull, push, either: [...pull, ...push] }[needs];
  if (accounts.includes(account)) return undefined;
  const side = account === principal.account ? "identity-based" : "resource-based";
  const resource = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repository}`;
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no ${side} policy allows the ${action} action`;
}

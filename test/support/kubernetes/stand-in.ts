import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "../aws/certificate.ts";
import type { ApiResult, Cluster } from "./cluster.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
type Any = any;

/** Requests without any token are an administrator's. */
const serviceAccountToken = "test-service-account-token";

/**
 * A stand-in for Kubernetes' API server, by its documented contract: objects with versions, server-side apply with field
 * managers, preconditions, selectors, pages, metadata only. It has neither RBAC nor controllers.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export class StandInCluster implements Cluster {
  readonly kind = "stand-in";
  readonly #folder = mkdtempSync(join(tmpdir(), "ecr-cluster-"));
  readonly #certificates = makeCertificates(["127.0.0.1"], Date.now());
  readonly caFile = join(this.#folder, "ca.crt");
  readonly #objects = new Map<string, Any>();
  #version = 0;
  #server: ReturnType<typeof Bun.serve> | undefined;
  #port = 0;

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    writeFileSync(this.caFile, this.#certificates.ca, { mode: 0o600 });
    await this.restart();
  }

  async restart(): Promise<void> {
    const { cert, key } = this.#certificates;
    this.#server = Bun.serve({
      tls: { cert, key },
      hostname: "127.0.0.1",
      port: this.#port,
      fetch: (request) => this.answer(request),
    });
    this.#port = this.#server.port ?? 0;
  }

  async kill(): Promise<void> {
    await this.#server?.stop(true);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<ApiResult> {
    const response = await fetch(this.url + path, {
      method,
      headers: { "content-type": contentType },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      tls: { ca: this.#certificates.ca },
    });
    return { status: response.status, value: await response.json() };
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const authorization = request.headers.get("authorization");
    if (authorization !== null && authorization !== `Bearer ${serviceAccountToken}`)
      return Response.json(refusal(401, "Unauthorized")[1], { status: 401 });
    const body = text === "" ? undefined : JSON.parse(text);
    const [status, value] = this.handle(request, pathname, searchParams, body);
    const onlyMetadata = request.headers.get("accept")?.includes("as=PartialObjectMetadata");
    return Response.json(onlyMetadata && status < 300 ? metadataOf(value) : value, { status });
  }

  private handle(
    { method, headers }: Request,
    path: string,
    query: URLSearchParams,
    body: Any,
  ): [number, Any] {
    if (method === "POST") return this.create(`${path}/${body.metadata?.name ?? ""}`, body);
    const stored = this.#objects.get(path);
    if (method === "GET") return stored ? [200, stored] : this.list(path, query);
    if (method === "DELETE") return this.remove(path, stored, body);
    const manager = query.get("fieldManager") ?? "unknown";
    return headers.get("content-type")?.startsWith("application/apply-patch")
      ? this.apply(path, stored, body, manager, query.get("force") === "true")
      : this.merge(path, stored, body, manager);
  }

  private create(path: string, body: Any): [number, Any] {
    if (path.endsWith("/token/")) return [201, { status: { token: serviceAccountToken } }];
    if (this.#objects.has(path)) return refusal(409, "AlreadyExists");
    const gone = this.namespaceRefusal(path);
    if (gone) return gone;
    return [
      201,
      this.save(path, { ...body }, [{ manager: "test", operation: "Update", fields: leaves(body) }]),
    ];
  }

  private list(path: string, query: URLSearchParams): [number, Any] {
    const [, scope = "", resource = ""] = /^(.*)\/(namespaces|secrets|serviceaccounts)$/.exec(path) ?? [];
    if (!resource) return refusal(404, "NotFound");
    const name = query.get("fieldSelector")?.replace("metadata.name=", "");
    const labels = (query.get("labelSelector") ?? "").split(",").filter(Boolean);
    const all = [...this.#objects]
      .filter(([key]) => key.startsWith(`${scope}/`) && key.split("/").at(-2) === resource)
      .map(([, object]) => object)
      .filter(({ metadata }) => name === undefined || metadata.name === name)
      .filter(({ metadata }) =>
        labels.every(
          (each) => `${each.split("=")[0]}=${metadata.labels?.[each.split("=")[0] ?? ""]}` === each,
        ),
      );
    // Small pages, so that every list has several.
    const start = Number(query.get("continue") ?? 0);
    const next = start + 2;
    const metadata = next < all.length ? { continue: String(next) } : {};
    return [200, { kind: "List", metadata, items: all.slice(start, next) }];
  }

  private remove(path: string, stored: Any, options: Any): [number, Any] {
    if (!stored) return refusal(404, "NotFound");
    const { uid, resourceVersion } = options?.preconditions ?? {};
    const { metadata } = stored;
    if ((uid ?? metadata.uid) !== metadata.uid) return refusal(409, "Conflict");
    if ((resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion)
      return refusal(409, "Conflict");
    // A controller would remove it later.
    if (/\/namespaces\/[^/]+$/.test(path)) metadata.deletionTimestamp = new Date().toISOString();
    else this.#objects.delete(path);
    return [200, { kind: "Status", status: "Success" }];
  }

  private merge(path: string, stored: Any, patch: Any, manager: string): [number, Any] {
    if (!stored) return refusal(404, "NotFound");
    const version = patch.metadata?.resourceVersion;
    if (version !== undefined && version !== stored.metadata.resourceVersion) return refusal(409, "Conflict");
    const merged = mergePatch(stored, patch);
    const changed = leaves(patch).filter((leaf) => valueAt(merged, leaf) !== valueAt(stored, leaf));
    if (changed.length === 0) return [200, stored];
    return [200, this.save(path, merged, taken(stored, changed, manager, "Update"))];
  }

  private apply(path: string, stored: Any, body: Any, manager: string, force: boolean): [number, Any] {
    const { uid, resourceVersion, ...metadata } = body.metadata;
    const wanted = { ...body, metadata };
    const fields = leaves(wanted);
    if (!stored) {
      if (uid !== undefined) return refusal(409, "Conflict");
      const gone = this.namespaceRefusal(path);
      return gone ?? [201, this.save(path, wanted, [{ manager, operation: "Apply", fields }])];
    }
    if ((uid ?? stored.metadata.uid) !== stored.metadata.uid) return refusal(409, "Conflict");
    if ((resourceVersion ?? stored.metadata.resourceVersion) !== stored.metadata.resourceVersion)
      return refusal(409, "Conflict");
    const differing = fields.filter((leaf) => valueAt(stored, leaf) !== valueAt(wanted, leaf));
    const others = stored.metadata.managedFields.filter(
      (entry: Any) => entry.manager !== manager || entry.operation !== "Apply",
    );
    if (!force && others.some((entry: Any) => entry.fields.some((leaf: string) => differing.includes(leaf))))
      return refusal(409, "Conflict");
    if (differing.length === 0 && others.length < stored.metadata.managedFields.length) return [200, stored];
    return [200, this.save(path, mergePatch(stored, wanted), taken(stored, fields, manager, "Apply"))];
  }

  private namespaceRefusal(path: string): [number, Any] | undefined {
    const [, namespace] = /^\/api\/v1\/namespaces\/([^/]+)\/./.exec(path) ?? [];
    if (namespace === undefined) return undefined;
    const stored = this.#objects.get(`/api/v1/namespaces/${namespace}`);
    if (!stored) return refusal(404, "NotFound");
    if (!stored.metadata.deletionTimestamp) return undefined;
    const [status, value] = refusal(403, "Forbidden");
    return [status, { ...value, details: { causes: [{ reason: "NamespaceTerminating" }] } }];
  }

  private save(path: string, object: Any, managedFields: Any): Any {
    const [, namespace] = /\/namespaces\/([^/]+)\/./.exec(path) ?? [];
    const version = String(++this.#version);
    const { uid = `uid-${version}` } = object.metadata;
    const metadata = {
      ...object.metadata,
      name: path.split("/").at(-1),
      namespace,
      uid,
      resourceVersion: version,
      managedFields,
    };
    const saved = { ...object, metadata };
    this.#objects.set(path, saved);
    return saved;
  }
}

function refusal(code: number, reason: string): [number, Any] {
  return [code, { kind: "Status", status: "Failure", reason, message: `stand-in: ${reason}`, code }];
}

function metadataOf(value: Any): Any {
  if (value.items) return { ...value, items: value.items.map(metadataOf) };
  return value.metadata ? { kind: "PartialObjectMetadata", metadata: value.metadata } : value;
}

/** The paths of all values that are no objects, except those that identify the object. */
function leaves(value: Any, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}\n${key}`;
    return [
      "apiVersion",
      "kind",
      "metadata\nname",
      "metadata\nnamespace",
      "metadata\nresourceVersion",
    ].includes(at)
      ? []
      : leaves(inner, at);
  });
}

function valueAt(object: Any, leaf: string): string | undefined {
  let value = object;
  for (const key of leaf.split("\n")) value = value?.[key];
  return value === null ? undefined : JSON.stringify(value);
}

/** The managers after one of them has set fields: the others no longer own them. */
function taken(stored: Any, fields: readonly string[], manager: string, operation: string): Any[] {
  const others = stored.metadata.managedFields
    .filter((entry: Any) => entry.manager !== manager || entry.operation !== operation)
    .map((entry: Any) => ({
      ...entry,
      fields: entry.fields.filter((leaf: string) => !fields.includes(leaf)),
    }))
    .filter((entry: Any) => entry.fields.length > 0);
  const own = stored.metadata.managedFields.find(
    (entry: Any) => entry.manager === manager && entry.operation === operation,
  );
  return [...others, { manager, operation, fields: [...new Set([...(own?.fields ?? []), ...fields])] }];
}

/** RFC 7386. */
function mergePatch(target: Any, patch: Any): Any {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result = { ...(typeof target === "object" && !Array.isArray(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { Failure } from "../token/failure.ts";
import { foreignName, foreignNames } from "../token/foreign-text.ts";
import { printable } from "../token/printable.ts";

/** How to reach an API server, as a kubeconfig or a pod's service account describes it. */
export interface ClusterAccess {
  /** `https:`, or `http:` on the loopback, as of `kubectl proxy`. */
  readonly server: URL;
  readonly ca?: FileOrText;
  readonly certificate?: FileOrText;
  readonly key?: FileOrText;
  readonly token?: TokenSource;
  /** Absent: the one of the environment. */
  readonly proxy?: string;
}

/** A text, or the absolute path of a file with it. */
export type FileOrText = { readonly text: string } | { readonly file: string };

export type TokenSource =
  | { readonly kind: "text"; readonly token: string }
  /** Read for each request: kubelet replaces it before it expires. */
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "exec"; readonly exec: ExecPlugin };

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface ExecPlugin {
  readonly apiVersion: string;
  /** A name on the PATH, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it gets the address of the cluster. */
  readonly needsCluster?: true;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param file the absolute path of the kubeconfig; paths in it are relative to its folder
 * @param context undefined: its only context. Its current context is not used, because `kubectl config use-context`
 *   changes it
 * @throws Failure KUBECONFIG
 */
export function accessIn(text: string, file: string, context: string | undefined): ClusterAccess {
  const refuse = (why: string, fix: string) => new Failure("KUBECONFIG", `${printable(file)} ${why}`, fix);
  const config = fieldsOf(parsed(text));
  if (!config) throw refuse("is not a kubeconfig", "compare 'kubectl config view --kubeconfig FILE'");
  const contexts = namedIn(config.contexts);
  const name = context ?? (contexts.size === 1 ? [...contexts.keys()][0] : undefined);
  const names = foreignNames([...contexts.keys()]);
  if (name === undefined) {
    throw refuse(`has ${contexts.size} contexts`, `name one in config.yaml as context: ${names || "NAME"}`);
  }
  const chosen = fieldsOf(contexts.get(name)?.context);
  if (!chosen) throw refuse(`has no context ${foreignName(name)}`, `name another one: ${names}`);
  const cluster = fieldsOf(namedIn(config.clusters).get(textOf(chosen.cluster) ?? "")?.cluster);
  const user = fieldsOf(namedIn(config.users).get(textOf(chosen.user) ?? "")?.user) ?? {};
  if (!cluster) throw refuse(`has no cluster for the context ${foreignName(name)}`, "correct the context");
  const unsupported = [
    ...unsupportedOfCluster.filter((key) => cluster[key]),
    ...unsupportedOfUser.filter((key) => user[key]),
    ...(fieldsOf(user.exec)?.interactiveMode === "Always" ? ["interactiveMode: Always"] : []),
  ];
  if (unsupported.length > 0) {
    const fix = "use certificate-authority, and a token, tokenFile, client certificate or exec";
    throw refuse(`has ${unsupported.join(", ")}, which this program does not support`, fix);
  }
  const server = serverOf(cluster.server);
  if (!server) throw refuse("has no server with https:// for the cluster", "correct its server");
  const folder = dirname(file);
  const ca = content(cluster, "certificate-authority", folder);
  const certificate = content(user, "client-certificate", folder);
  const key = content(user, "client-key", folder);
  const token = tokenOf(user, folder);
  const proxy = textOf(cluster["proxy-url"]);
  return {
    server,
    ...(ca && { ca }),
    ...(certificate && { certificate }),
    ...(key && { key }),
    ...(token && { token }),
    ...(proxy !== undefined && { proxy }),
  };
}

/** Each would send tokens to a server that is not verified, or act as another user than the kubeconfig names. */
const unsupportedOfCluster = ["insecure-skip-tls-verify", "tls-server-name"];
const unsupportedOfUser = ["as", "as-uid", "as-groups", "as-user-extra", "auth-provider", "username"];

/** The folder with the service account's token and the cluster's CA certificate in every pod that has them. */
const podFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The API server of the cluster in which this process runs. @throws Failure KUBECONFIG outside a pod */
export function accessInPod(
  env: Readonly<Record<string, string | undefined>>,
  folder = podFolder,
): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  const server = serverOf(`https://${host?.includes(":") ? `[${host}]` : host}:${port}`);
  if (!host || !server) {
    const what = "an output kubernetesSecret names no kubeconfig, and this process does not run in a pod";
    throw new Failure("KUBECONFIG", what, "name a file in config.yaml as kubeconfig: /PATH");
  }
  return { server, ca: { file: `${folder}/ca.crt` }, token: { kind: "file", file: `${folder}/token` } };
}

function serverOf(value: unknown): URL | undefined {
  const url = URL.parse(textOf(value) ?? "");
  const isLoopback = url !== null && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (!url || url.username || url.password || url.search || url.hash) return undefined;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback) ? url : undefined;
}

function tokenOf(user: Fields, folder: string): TokenSource | undefined {
  const exec = fieldsOf(user.exec);
  const file = textOf(user.tokenFile);
  const token = textOf(user.token);
  // kubectl prefers the file too.
  if (file !== undefined) return { kind: "file", file: resolve(folder, file) };
  if (token !== undefined) return { kind: "text", token };
  const command = textOf(exec?.command);
  if (!exec || command === undefined) return undefined;
  const env = listOf(exec.env).flatMap((each) => {
    const { name, value } = fieldsOf(each) ?? {};
    return typeof name === "string" && typeof value === "string" ? [[name, value] as const] : [];
  });
  const plugin: ExecPlugin = {
    apiVersion: textOf(exec.apiVersion) ?? "client.authentication.k8s.io/v1",
    command: command.includes("/") ? resolve(folder, command) : command,
    args: listOf(exec.args).map(String),
    env: Object.fromEntries(env),
    ...(exec.provideClusterInfo === true && { needsCluster: true }),
  };
  return { kind: "exec", exec: plugin };
}

/** The value of `KEY-data` in Base64, or the file `KEY`. */
function content(fields: Fields, key: string, folder: string): FileOrText | undefined {
  const data = textOf(fields[`${key}-data`]);
  if (data !== undefined) return { text: Buffer.from(data, "base64").toString() };
  const file = textOf(fields[key]);
  return file === undefined ? undefined : { file: resolve(folder, file) };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: "error" });
  } catch {
    return undefined;
  }
}

/** The entries of a list by their `name`. */
function namedIn(value: unknown): ReadonlyMap<string, Fields> {
  const entries = listOf(value).flatMap((each) => {
    const fields = fieldsOf(each);
    return typeof fields?.name === "string" ? [[fields.name, fields] as const] : [];
  });
  return new Map(entries);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const fieldsOf = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

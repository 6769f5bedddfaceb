import { problemOf, readBounded } from "../limits/bounded-file.ts";
import { defaultLimit } from "../limits/bounded-stream.ts";
import { within } from "../limits/concurrency.ts";
import { outputOf } from "../limits/program-output.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
import { endTree } from "../process/kill-tree.ts";
import { absoluteFolders } from "../process/path-folders.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { foreignName } from "../token/foreign-text.ts";
import { printable } from "../token/printable.ts";
import { ClusterFailure } from "./api-failures.ts";
import { accessIn, accessInPod, type ClusterAccess, type ExecPlugin, type FileOrText } from "./kubeconfig.ts";

/** What a request to the API server needs besides its address. */
export interface ClusterCredentials {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

/** Milliseconds for a plugin, such as `aws eks get-token`. */
const pluginLimit = 20_000;

/** @throws Failure KUBECONFIG */
export async function readAccess(
  { kubeconfig, context }: { readonly kubeconfig?: string; readonly context?: string },
  env: Environment,
): Promise<ClusterAccess> {
  if (kubeconfig === undefined) return accessInPod(env);
  // It names programs to run, and a server that gets tokens.
  const refusal = await refuseFile(kubeconfig);
  if (refusal) throw new Failure("KUBECONFIG", `the kubeconfig is not used: ${refusal.why}`, refusal.fix);
  return accessIn(await textIn({ file: kubeconfig }), kubeconfig, context);
}

/** @throws ClusterFailure KUBECONFIG */
export async function readCredentials(
  access: ClusterAccess,
  env: Environment,
  signal: AbortSignal,
): Promise<ClusterCredentials> {
  try {
    return await credentialsOf(access, env, signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new ClusterFailure(error.code, error.message, error.fix);
  }
}

async function credentialsOf(
  access: ClusterAccess,
  env: Environment,
  signal: AbortSignal,
): Promise<ClusterCredentials> {
  const { ca, certificate, key, token } = access;
  const own = token?.kind === "exec" ? await runPlugin(token.exec, access, env, signal) : {};
  const bearer =
    token?.kind === "text" ? token.token : token?.kind === "file" ? await textIn(token) : undefined;
  return {
    ...(ca && { ca: await textIn(ca) }),
    ...(certificate && { cert: await textIn(certificate) }),
    ...(key && { key: await textIn(key) }),
    ...(bearer !== undefined && { token: bearer.trim() }),
    ...own,
  };
}

async function textIn(source: FileOrText): Promise<string> {
  if ("text" in source) return source.text;
  const file = await readBounded(source.file, defaultLimit);
  if (file.kind === "bytes") return Buffer.from(file.bytes).toString();
  const what = `${printable(source.file)}, which is needed for the cluster, ${problemOf(file, defaultLimit)}`;
  throw new Failure("KUBECONFIG", what, "correct the path, or create the file");
}

/** Nothing that the plugin prints is part of a message: it may contain a token. */
async function runPlugin(
  exec: ExecPlugin,
  access: ClusterAccess,
  env: Environment,
  signal: AbortSignal,
): Promise<ClusterCredentials> {
  const fail = (why: string) =>
    new Failure(
      "KUBECONFIG",
      `the credential plugin ${foreignName(exec.command)} of the kubeconfig ${why}`,
      "run it by hand, as the kubeconfig names it",
    );
  const path = Bun.which(exec.command, { PATH: absoluteFolders(env.PATH).join(":") });
  if (!path) throw fail("was not found");
  const kind = "ExecCredential";
  const cluster = exec.needsCluster && { cluster: await clusterInfo(access) };
  const request = { apiVersion: exec.apiVersion, kind, spec: { interactive: false, ...cluster } };
  const child = Bun.spawn([path, ...exec.args], {
    env: { ...env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(request) },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(pluginLimit)]);
    const timeout = () => fail(`did not end within ${pluginLimit / 1000} s`);
    const { stdout, exitCode } = await within(limit, outputOf(child), timeout);
    if (exitCode !== 0) throw fail(`failed with exit code ${exitCode}`);
    const credentials = credentialsIn(stdout);
    if (!credentials) throw fail("printed no credential");
    return credentials;
  } catch (error) {
    throw error instanceof Failure ? error : fail("printed too much");
  } finally {
    if (child.exitCode === null && child.signalCode === null) endTree(child.pid);
  }
}

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster */
async function clusterInfo({ server, ca, proxy }: ClusterAccess): Promise<object> {
  return {
    server: server.href,
    ...(ca && { "certificate-authority-data": Buffer.from(await textIn(ca)).toString("base64") }),
    ...(proxy !== undefined && { "proxy-url": proxy }),
  };
}

function credentialsIn(text: string): ClusterCredentials | undefined {
  try {
    const { token, clientCertificateData: cert, clientKeyData: key } = JSON.parse(text).status;
    if (typeof token === "string") return { token };
    return typeof cert === "string" && typeof key === "string" ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

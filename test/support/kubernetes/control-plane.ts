import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiServerProgram } from "../../../scripts/kubernetes/api-server.ts";
import { eventually } from "../eventually.ts";
import type { ApiResult, Cluster } from "./cluster.ts";

/** The programs of a control plane; undefined if this machine lacks one. */
export function controlPlanePrograms(): { readonly etcd: string; readonly apiServer: string } | undefined {
  const etcd = Bun.which("etcd", { PATH: "/usr/sbin:/usr/bin:/usr/local/bin:/bin" });
  const apiServer = apiServerProgram();
  return etcd && apiServer ? { etcd, apiServer } : undefined;
}

/** Milliseconds: on a busy machine an API server may take minutes to start. */
const startLimit = 240_000;
const adminToken = "test-admin-token";

/** etcd and Kubernetes' API server with RBAC, on free ports of the loopback. */
export class ControlPlane implements Cluster {
  readonly kind = "real";
  /** Of an administrator. */
  readonly adminToken = adminToken;
  readonly folder = mkdtempSync(join(tmpdir(), "ecr-cluster-"));
  readonly #programs;
  #etcd: ChildProcess | undefined;
  #etcdPort = 0;
  #server: ChildProcess | undefined;
  #port = 0;

  constructor(programs: NonNullable<ReturnType<typeof controlPlanePrograms>>) {
    this.#programs = programs;
    writeFileSync(join(this.folder, "tokens.csv"), `${adminToken},admin,1,system:masters\n`, { mode: 0o600 });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(join(this.folder, "service-accounts.pem"), pem, { mode: 0o600 });
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** The CA certificate of the API server, which it creates at its first start. */
  get caFile(): string {
    return join(this.folder, "certificates/apiserver.crt");
  }

  async start(): Promise<void> {
    await this.startOnFreePort(async (port) => {
      this.#etcdPort = port;
      const peer = await freePort();
      this.#etcd = this.spawn(this.#programs.etcd, [
        `--data-dir=${this.folder}/etcd`,
        `--listen-client-urls=http://127.0.0.1:${port}`,
        `--advertise-client-urls=http://127.0.0.1:${port}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
        `--initial-cluster=default=http://127.0.0.1:${peer}`,
        // The data is thrown away.
        "--unsafe-no-fsync",
      ]);
      return { child: this.#etcd, isReady: () => isHealthy(`http://127.0.0.1:${port}/health`) };
    });
    await this.startOnFreePort(async (port) => {
      this.#port = port;
      return this.startServer();
    });
  }

  /** Ends the API server at once. etcd keeps its data. */
  async kill(): Promise<void> {
    await end(this.#server);
  }

  /** Starts it again on the same port. */
  async restart(): Promise<void> {
    const { child, isReady } = this.startServer();
    assertReady(await ready(child, isReady), child);
  }

  async stop(): Promise<void> {
    await end(this.#server);
    await end(this.#etcd);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A request as an administrator. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<ApiResult> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, "content-type": contentType },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      tls: { ca: readFileSync(this.caFile, "utf8") },
    });
    const text = await response.text();
    return { status: response.status, value: text.startsWith("{") ? JSON.parse(text) : text };
  }

  private startServer() {
    const child = this.spawn(this.#programs.apiServer, [
      `--etcd-servers=http://127.0.0.1:${this.#etcdPort}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${this.#port}`,
      `--cert-dir=${this.folder}/certificates`,
      "--authorization-mode=RBAC",
      `--token-auth-file=${this.folder}/tokens.csv`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${this.folder}/service-accounts.pem`,
      `--service-account-signing-key-file=${this.folder}/service-accounts.pem`,
      "--service-cluster-ip-range=10.0.0.0/24",
      // Without kubelets and a network, and with one server.
      "--endpoint-reconciler-type=none",
      "--disable-admission-plugins=ServiceAccount",
    ]);
    this.#server = child;
    const isReady = async () => (await this.request("GET", "/readyz").catch(() => undefined))?.status === 200;
    return { child, isReady: () => isHealthyServer(this, isReady) };
  }

  /** Another process may take the port in the meantime; then the next one is tried. */
  private async startOnFreePort(
    start: (port: number) => Promise<{ child: ChildProcess; isReady: () => Promise<boolean> }>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { child, isReady } = await start(await freePort());
      if (await ready(child, isReady)) return;
      if (attempt === 5) assertReady(false, child);
    }
  }

  private spawn(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      cwd: this.folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: "/usr/bin:/bin", HOME: this.folder },
    });
    const last: string[] = [];
    child.stderr?.on("data", (chunk) => {
      last.push(String(chunk));
      if (last.length > 50) last.shift();
    });
    logs.set(child, last);
    return child;
  }
}

/** What each process printed last, for a failed start. */
const logs = new WeakMap<ChildProcess, string[]>();

function assertReady(isReady: boolean, child: ChildProcess): void {
  if (!isReady) throw new Error(`${child.spawnfile} did not start:\n${(logs.get(child) ?? []).join("")}`);
}

/** @returns false if the process has ended */
function ready(child: ChildProcess, isReady: () => Promise<boolean>): Promise<boolean> {
  return eventually<{ result: boolean }>(
    child.spawnfile,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) return { result: false };
      return (await isReady()) && { result: true };
    },
    startLimit,
  ).then(({ result }) => result);
}

async function isHealthyServer(plane: ControlPlane, isReady: () => Promise<boolean>): Promise<boolean> {
  if (!(await isReady())) return false;
  // The bootstrap roles are there.
  return (await plane.request("GET", "/api/v1/namespaces/default")).status === 200;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

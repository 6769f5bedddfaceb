import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Certificates } from "../aws/certificate.ts";
import { hubAddress, plainRegistry, privateLogin, privateRegistry } from "./names.ts";
import { answers, type Service, startService } from "./service.ts";

type Environment = Readonly<Record<string, string>>;

/** The upstream registry of all others. It needs no credentials. */
export function startPlainRegistry(folder: string, env: Environment): Promise<Service> {
  const config = registryConfig(folder, { addr: plainRegistry });
  return startRegistry("registry", config, folder, env, () => answers(`http://${plainRegistry}/v2/`));
}

/** A registry with the same images that requires a password. */
export async function startPrivateRegistry(folder: string, env: Environment): Promise<Service> {
  const passwords = join(folder, "htpasswd");
  const { username, password } = privateLogin;
  writeFileSync(
    passwords,
    `${username}:${await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 })}\n`,
  );
  const auth = { htpasswd: { realm: "tests", path: passwords } };
  const config = { ...registryConfig(folder, { addr: privateRegistry }), auth };
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
  const isReady = () => answers(`http://${privateRegistry}/v2/`, { headers });
  return startRegistry("private", config, folder, env, isReady);
}

/** The same images under the name of Docker Hub. */
export function startHub(folder: string, env: Environment, certificates: Certificates): Promise<Service> {
  const certificate = join(folder, "hub.pem");
  const key = join(folder, "hub.key");
  writeFileSync(certificate, certificates.cert);
  writeFileSync(key, certificates.key, { mode: 0o600 });
  const config = registryConfig(folder, { addr: `${hubAddress}:443`, tls: { certificate, key } });
  const { ca } = certificates;
  return startRegistry("hub", config, folder, env, () => answers(`https://${hubAddress}/v2/`, { ca }));
}

const registryConfig = (folder: string, http: object) => ({
  version: "0.1",
  log: { level: "warn" },
  storage: { filesystem: { rootdirectory: join(folder, "images") } },
  // With the stand-in before it, a Location header must not name the registry itself.
  http: { ...http, relativeurls: true, secret: "of no worth" },
});

function startRegistry(
  name: string,
  config: object,
  folder: string,
  env: Environment,
  isReady: () => Promise<boolean>,
): Promise<Service> {
  const file = join(folder, `${name}.yml`);
  // JSON is also YAML.
  writeFileSync(file, JSON.stringify(config));
  return startService(name, ["docker-registry", "serve", file], { folder, env, isReady });
}

/** Starts Docker Engine. @returns also its address */
export async function startEngine(
  folder: string,
  env: Environment,
  cgroup: string,
): Promise<Service & { readonly socket: string }> {
  const socket = join(folder, "docker.sock");
  const command = [
    "dockerd",
    `--host=unix://${socket}`,
    `--data-root=${join(folder, "engine", "data")}`,
    `--exec-root=${join(folder, "engine", "exec")}`,
    `--pidfile=${join(folder, "engine", "pid")}`,
    // Every kernel and file system supports this one, and the images are small.
    "--storage-driver=vfs",
    "--exec-opt=native.cgroupdriver=cgroupfs",
    `--cgroup-parent=/${cgroup}`,
    // Containers have no network, so no bridge and no firewall rules are needed.
    "--bridge=none",
    "--iptables=false",
    "--ip6tables=false",
  ];
  const isReady = () => answers("http://engine/_ping", { unix: socket });
  const service = await startService("dockerd", command, { folder, env, isReady });
  return { ...service, socket };
}

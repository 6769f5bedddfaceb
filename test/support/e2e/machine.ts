import { appendFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCertificates } from "../aws/certificate.ts";
import { type StandIn, startAws } from "../aws/stand-in.ts";
import { awsAddress, awsHosts, hubAddress, hubHosts, plainRegistry } from "./names.ts";
import type { Service } from "./service.ts";
import { startEngine, startHub, startPlainRegistry, startPrivateRegistry } from "./services.ts";

/** The environment of the tests: AWS, Docker Hub, a registry and an engine, isolated from the machine. */
export interface Machine {
  readonly aws: StandIn;
  /** A folder for the tests' files. It disappears with the namespace. */
  readonly folder: string;
  /** The folder of the engine. */
  readonly socket: string;
  /** The PATH with the system's programs and the compiled helper. */
  readonly path: string;
  stop(): Promise<void>;
}

const helper = fileURLToPath(new URL("../../../dist/bin/docker-credential-ecr", import.meta.url));
const authorities = "/etc/ssl/certs/ca-certificates.crt";

/** Must be called once, inside the namespace that scripts/test.mjs creates. */
export async function startMachine(): Promise<Machine> {
  // Set by scripts/test.mjs; without them, the code below would write the real /etc/hosts.
  const { E2E_FOLDER: folder, E2E_CGROUP: cgroup } = process.env;
  if (!folder || !cgroup)
    throw new Error("these tests need their namespace: run 'node scripts/test.mjs e2e'");
  if (!existsSync(helper)) throw new Error("no dist/bin: run 'npm run build'");

  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(helper, join(bin, "docker-credential-ecr"));
  // Not the caller's PATH, which may contain other versions of these programs.
  const path = `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const env = { PATH: path, HOME: folder, TMPDIR: folder };

  nameHosts();
  const services: Service[] = [];
  const aws = await startAws({
    upstream: `http://${plainRegistry}`,
    listen: { tls: { address: awsAddress, port: 443 } },
  });
  try {
    const hubCertificates = makeCertificates([hubAddress, ...hubHosts], Date.now());
    mkdirSync(dirname(authorities), { recursive: true });
    appendFileSync(authorities, `\n${aws.ca}\n${hubCertificates.ca}`);
    services.push(await startPlainRegistry(folder, env));
    services.push(await startPrivateRegistry(folder, env));
    services.push(await startHub(folder, env, hubCertificates));
    // Go reads the CA certificates once, so they must be complete before the engine starts.
    const engine = await startEngine(folder, env, cgroup);
    services.push(engine);
    return { aws, folder, socket: engine.socket, path, stop: () => stop(aws, services) };
  } catch (error) {
    await stop(aws, services);
    throw error;
  }
}

async function stop(aws: StandIn, services: readonly Service[]): Promise<void> {
  for (const service of services) service.stop();
  await aws.stop();
}

function nameHosts(): void {
  const line = (address: string, hosts: readonly string[]) => `${address} ${hosts.join(" ")}\n`;
  appendFileSync("/etc/hosts", `\n${line(awsAddress, awsHosts)}${line(hubAddress, hubHosts)}`);
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Keyring } from "../../test/support/keyring/keyring.ts";
import { type Measured, measure } from "./measure.ts";

const peerProgram = Bun.which("docker-credential-secretservice");
/** A folder on tmpfs, as systemd gives each user one. */
const memory = "/dev/shm";

/**
 * A warm get with `store: keychain` and the key in memory, compared with `store: file`, and with Docker's helper for
 * gnome-keyring and a login as long as a token.
 *
 * @param env an environment with which a get reaches AWS, with its own HOME
 * @param plain the same with another HOME
 * @returns undefined if gnome-keyring or that helper is not installed
 */
export async function measureSealed(
  starter: string,
  program: string,
  registry: string,
  env: Readonly<Record<string, string>>,
  plain: Readonly<Record<string, string>>,
  rounds: number,
): Promise<{ sealed: Measured; file: Measured; peer: Measured } | undefined> {
  if (!peerProgram || !Bun.which("gnome-keyring-daemon")) return undefined;
  const keyring = new Keyring();
  const runtimeFolder = mkdtempSync(`${memory}/ecr-bench-`);
  try {
    await keyring.unlock();
    const config = `${env.HOME}/.config/docker-credential-ecr`;
    mkdirSync(config, { recursive: true, mode: 0o700 });
    writeFileSync(`${config}/config.yaml`, "version: 1\nstore: keychain\n", { mode: 0o600 });
    const session = { ...env, ...keyring.env, XDG_RUNTIME_DIR: runtimeFolder };
    const login = JSON.stringify({ ServerURL: registry, Username: "AWS", Secret: "made-up ".repeat(340) });
    const stored = Bun.spawnSync([peerProgram, "store"], { stdin: Buffer.from(login), env: session });
    if (stored.exitCode !== 0) throw new Error(`${peerProgram} store failed: ${stored.stdout}`);
    const get = (by: string, under: Readonly<Record<string, string>>) => ({
      cmd: [by, "get"],
      input: registry,
      env: under,
    });
    const commands = {
      sealed: get(program, session),
      file: get(program, plain),
      peer: get(peerProgram, session),
    };
    return measure(starter, commands, rounds);
  } finally {
    await keyring.remove();
    rmSync(runtimeFolder, { recursive: true, force: true });
  }
}

import { Keyring } from "../../test/support/keyring/keyring.ts";
import { type Measured, measure } from "./measure.ts";

const hub = "https://index.docker.io/v1/";
const peerProgram = Bun.which("docker-credential-secretservice");

/**
 * A get of Docker Hub's login from gnome-keyring, with this program and with Docker's helper.
 *
 * @returns undefined if gnome-keyring or that helper is not installed
 */
export async function measureLogins(
  starter: string,
  program: string,
  home: string,
  rounds: number,
): Promise<{ ours: Measured; peer: Measured } | undefined> {
  if (!peerProgram || !Bun.which("gnome-keyring-daemon")) return undefined;
  const keyring = new Keyring();
  try {
    await keyring.unlock();
    const env = { HOME: home, PATH: process.env.PATH ?? "", ...keyring.env };
    const credential = JSON.stringify({ ServerURL: hub, Username: "me", Secret: "made-up secret" });
    for (const each of [program, peerProgram]) {
      const stored = Bun.spawnSync([each, "store"], { stdin: Buffer.from(credential), env });
      if (stored.exitCode !== 0) throw new Error(`${each} store failed: ${stored.stdout}`);
    }
    const get = (each: string) => ({ cmd: [each, "get"], input: hub, env });
    return measure(starter, { ours: get(program), peer: get(peerProgram) }, rounds);
  } finally {
    await keyring.remove();
  }
}

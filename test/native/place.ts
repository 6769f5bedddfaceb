import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readClock } from "../../src/store/files/clock.ts";
import { nodeFiles } from "../../src/store/files/node-files.ts";
import { loginPath, previousLoginPath, tokenPath } from "../../src/store/files/paths.ts";
import { ambientNames, environmentFingerprint } from "../../src/token/dependencies.ts";
import type { LoginEntry, LogoutEntry, RegistryEntry } from "../../src/token/entry.ts";
import { formatEntry, type StoredEntry } from "../../src/token/entry-text.ts";
import type { Clock } from "../../src/token/life.ts";
import { host, loginEntry, registryEntry, twelveHours } from "../support/fakes/entries.ts";

const files = nodeFiles();

/** A home folder with a token that is valid at first: AWS files, a state folder, an environment. */
export class Place {
  readonly home = mkdtempSync(join(tmpdir(), "ecr-place-"));
  readonly env: Record<string, string> = { HOME: this.home, AWS_PROFILE: "ci", PATH: "/usr/bin:/bin" };
  readonly state = join(this.home, ".local/state/docker-credential-ecr");
  readonly awsConfig = join(this.home, "a folder é%/config");
  readonly absent = join(this.home, "absent");
  readonly token = tokenPath(this.state, host);
  readonly login = loginPath(this.state, host);
  readonly formerLogin = previousLoginPath(this.state, host);
  readonly clock: Clock = readClock(files, Date.now());

  constructor() {
    for (const folder of ["tokens", "logins"]) {
      mkdirSync(join(this.state, folder), { recursive: true, mode: 0o700 });
    }
    mkdirSync(join(this.awsConfig, ".."));
    writeFileSync(this.awsConfig, "[profile ci]\n");
    this.writeToken();
  }

  /** The dependencies with the current environment and files. */
  tokenEntry(with_: Partial<RegistryEntry> = {}): RegistryEntry {
    const stamps = [this.awsConfig, this.absent].map((path) => ({ path, stamp: files.stamp(path) }));
    const fingerprint = environmentFingerprint(ambientNames, this.env);
    const dependencies = { environment: { names: ambientNames, fingerprint }, files: stamps };
    return registryEntry({ life: twelveHours(this.clock), dependencies, ...with_ });
  }

  writeToken(with_: Partial<RegistryEntry> = {}): void {
    this.write(this.token, this.tokenEntry(with_));
  }

  writeLogin(with_: Partial<LoginEntry> = {}): void {
    this.write(this.login, loginEntry({ life: twelveHours(this.clock), ...with_ }));
  }

  write(path: string, entry: StoredEntry | LogoutEntry): void {
    this.writeText(path, formatEntry(entry));
  }

  writeText(path: string, text: string | Uint8Array): void {
    if (existsSync(path)) rmSync(path, { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A parser's output for that secret. */
export function printed(secret: string): string {
  return `${JSON.stringify({ ServerURL: host, Username: "AWS", Secret: secret })}\n`;
}

export const tokenSecret = registryEntry().secret;
export const loginSecret = loginEntry().secret;

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatEntry } from "../../src/token/entry-text.ts";
import { parseRegistryEntry } from "../../src/token/parse-entry.ts";

/** Temporary folders of a bench. */
export class Places {
  private readonly root = mkdtempSync(join(tmpdir(), "ecr-bench-"));

  /** A new HOME. */
  home(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  file(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Writes ~/.aws/config and credentials with a profile `role` that a user with static keys assumes. */
  awsFiles(home: string, user: { accessKeyId: string; secretAccessKey: string }, roleArn: string): void {
    mkdirSync(join(home, ".aws"), { recursive: true, mode: 0o700 });
    writeFileSync(
      join(home, ".aws/config"),
      `[profile role]\nrole_arn = ${roleArn}\nsource_profile = user\nregion = us-east-1\n`,
    );
    writeFileSync(
      join(home, ".aws/credentials"),
      `[user]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`,
    );
  }

  /** Copies the one token file of a HOME under the names of `count` other registries. */
  keepOthers(home: string, count: number): void {
    const tokens = join(home, ".local/state/docker-credential-ecr/tokens");
    const [name = ""] = readdirSync(tokens);
    const entry = parseRegistryEntry(readFileSync(join(tokens, name), "utf8"));
    if (!entry) throw new Error(`${name} contains no token`);
    for (let number = 0; number < count; number++) {
      const host = entry.host.replace(/^\d{12}/, String(500_000_000_000 + number));
      writeFileSync(join(tokens, `${host}.entry`), formatEntry({ ...entry, host }), { mode: 0o600 });
    }
  }

  /** A copy of the built prefix, so that a rebuild does not affect the bench. @returns the program in it */
  program(dist: string, name: string): string {
    for (const part of ["bin", "lib"]) {
      const folder = join(dist, part);
      if (existsSync(folder)) cpSync(folder, join(this.root, "prefix", part), { recursive: true });
    }
    return join(this.root, "prefix/bin", name);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

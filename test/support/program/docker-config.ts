import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { snapshot } from "./state.ts";
import type { User, UserRunOptions } from "./user.ts";

/** A config as users and programs write it: tabs, odd spacing, keys that Docker does not know. */
export const oddConfig = `{
\t"auths": {\t"https://index.docker.io/v1/": {}   },
\t"HttpHeaders" : {"User-Agent":"x"},


\t"psFormat": "table {{.ID}}\\\\t{{.Names}}",
\t"unknown": [1,2 ,3],
\t"credHelpers": {
\t\t"registry.example.com": "pass"
\t}
}`;

/** A user's Docker config.json, and the command that edits it. */
export class DockerConfig {
  readonly path: string;

  constructor(readonly user: User) {
    this.path = join(user.home, ".docker/config.json");
  }

  get text(): string {
    return readFileSync(this.path, "utf8");
  }

  get json() {
    return JSON.parse(this.text);
  }

  write(text: string): void {
    this.user.write(".docker/config.json", text);
  }

  /** Asserts that the command succeeded. @returns its output */
  async configure(args: readonly string[], options: UserRunOptions = {}): Promise<string> {
    const { stdout, stderr, exitCode } = await this.user.run(["configure-docker", ...args], options);
    assert.deepEqual({ stderr, exitCode }, { stderr: "", exitCode: 0 });
    return stdout;
  }

  /** Asserts one line on stderr that ends with the code, and that Docker's folder is unchanged. */
  async refuses(args: readonly string[], code: string, ...parts: readonly string[]): Promise<string> {
    const before = snapshot(this.user.home, ".docker");
    const { stdout, stderr, exitCode } = await this.user.run(["configure-docker", ...args]);
    assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
    assert.match(stderr, new RegExp(`^docker-credential-ecr: .* \\[${code}\\]\\n$`));
    for (const part of parts) assert.ok(stderr.includes(part), `${part} expected in ${stderr}`);
    assert.deepEqual(snapshot(this.user.home, ".docker"), before);
    return stderr;
  }
}

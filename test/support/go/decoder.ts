import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What Go's decoder makes of a config. */
export interface Decoded {
  readonly docker: {
    readonly auths: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
    readonly credsStore: string;
    readonly credHelpers: Readonly<Record<string, string>> | null;
  };
  readonly dockerReads: boolean;
  readonly podman: { readonly credHelpers?: Readonly<Record<string, string>> };
  readonly podmanReads: boolean;
}

/** The Go toolchain's program; absent: this machine has none, Debian's package is golang-go. */
export function goProgram(): string | undefined {
  return Bun.which("go") ?? ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"].find((path) => existsSync(path));
}

/** Builds the decoder and starts it once for each call. */
export class GoDecoder {
  readonly #folder = mkdtempSync(join(tmpdir(), "go-decoder-"));

  constructor(go: string) {
    const source = new URL("decode.go", import.meta.url).pathname;
    const { exitCode, stderr } = Bun.spawnSync([go, "build", "-o", this.#program, source], {
      cwd: this.#folder,
      env: {
        PATH: "/usr/bin:/bin",
        HOME: this.#folder,
        ...process.env,
        GOTOOLCHAIN: "local",
        GOPROXY: "off",
        GOFLAGS: "",
        GO111MODULE: "off",
        CGO_ENABLED: "0",
      },
    });
    assert.equal(exitCode, 0, `${stderr}`);
  }

  get #program(): string {
    return join(this.#folder, "decode");
  }

  decode(texts: readonly string[]): readonly Decoded[] {
    const stdin = Buffer.from(texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
    const { exitCode, stdout, stderr } = Bun.spawnSync([this.#program], { stdin });
    assert.equal(exitCode, 0, `${stderr}`);
    const lines = stdout.toString().trimEnd().split("\n");
    assert.equal(lines.length, texts.length);
    return lines.map((line) => JSON.parse(line));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

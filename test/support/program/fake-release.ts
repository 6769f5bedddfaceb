import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { platforms } from "../../../scripts/release/platforms.ts";
import { releaseNote } from "../../../scripts/release/release-note.ts";

/** The name of a release for this machine. */
const here = `linux-${process.arch}`;

export interface FakeRelease {
  readonly version?: string;
  readonly platform?: string;
  /** Lines of RELEASE to change. */
  readonly note?: Readonly<Record<string, string>>;
  /** Shell commands that the program runs first. */
  readonly first?: string;
  /** The daemon's state in `status --json`. */
  readonly isRunning?: boolean;
}

/**
 * Creates the tarball of a release, with SHA256SUMS next to it. Its program is a script that handles the commands of
 * install.sh.
 * @returns its path
 */
export function fakeRelease(folder: string, options: FakeRelease = {}): string {
  const { version = "1.0.0", platform = here, note = {}, first = "", isRunning = false } = options;
  const named = platforms.find((each) => each.name === platform);
  if (!named) throw new Error(`no platform ${platform}`);
  const top = join(folder, `docker-credential-ecr-${version}`);
  const answers = `#!/bin/sh
${first}
case $1 in
  version) echo "docker-credential-ecr (docker-credential-ecr) ${version}" ;;
  status) printf '{\\n  "program": "${version}",\\n  "daemon": {\\n    "running": ${isRunning}\\n  }\\n}\\n' ;;
  completion) echo "# for $2" ;;
esac
`;
  const lines = releaseNote(named, version).replace(
    /^(.*?)=.*$/gm,
    (line, key) => (note[key] && `${key}=${note[key]}`) ?? line,
  );
  const files = {
    RELEASE: lines,
    "bin/docker-credential-ecr": answers,
    "lib/docker-credential-ecr/docker-credential-ecr": answers,
    "share/man/man1/docker-credential-ecr.1": ".TH DOCKER-CREDENTIAL-ECR 1\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text, { mode: 0o755 });
  }
  const tarball = join(folder, `docker-credential-ecr-${version}-${platform}.tar.xz`);
  const { status, stderr } = spawnSync("tar", ["-cJf", tarball, "-C", folder, basename(top)]);
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  rmSync(top, { recursive: true });
  writeFileSync(
    join(folder, "SHA256SUMS"),
    `${"0".repeat(64)}  another.tar.xz\n${sha256(tarball)}  ${basename(tarball)}\n`,
  );
  return tarball;
}

export function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

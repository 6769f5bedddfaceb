// Fuzzes the native front with libFuzzer: token files, stdin and the environment. docs/native-front.md
// Usage: npm run fuzz -- native [--seconds N] [--seed S]
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { environmentFingerprint } from "../../src/token/dependencies.ts";
import { formatEntry, type StoredEntry } from "../../src/token/entry-text.ts";
import { compileFront, frontSources, warnings } from "../native.mjs";

const [, , seconds = "60", seed = "0"] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "ecr-fuzz-"));
const native = join(import.meta.dir, "../../native");
const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

/** The meaning of an input's first byte: native/fuzz/fuzz.c. */
const kinds = { token: 0, login: 1, input: 2, environment: 3 };

/** A file without its last line, which the harness adds. */
function withoutChecksum(entry: StoredEntry): string {
  return formatEntry(entry).replace(/sha256 .*\n$/, "");
}

function seeds(): readonly [kind: keyof typeof kinds, text: string][] {
  const now = Date.now();
  const names = ["HOME", "AWS_PROFILE"];
  const environment = { names, fingerprint: environmentFingerprint(names, {}) };
  const life = {
    issuedAt: now,
    freshUntil: now + 36e6,
    expiresAt: now + 40e6,
    boot: { id: "other", uptime: 5 },
  };
  const shared = { format: 2, host, username: "AWS", secret: "made-up", life } as const;
  const files = [{ path: "/nowhere/é", stamp: "absent" }];
  const token = { ...shared, identity: "ci", authorization: "0123", dependencies: { environment, files } };
  return [
    ["token", withoutChecksum(token)],
    ["login", withoutChecksum(shared)],
    ["login", withoutChecksum({ format: 2, host, loggedOutAt: now })],
    ["input", `${host}\n`],
    ["environment", "HOME=/root/\0AWS_PROFILE=ci\0BUN_OPTIONS=x\0"],
  ];
}

let exitCode = 1;
try {
  const program = join(folder, "fuzz");
  const harness = join(native, "fuzz/fuzz.c");
  const sources = [...frontSources.filter((path) => basename(path) !== "main.c"), harness];
  const sanitizers = ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"];
  const flags = [...warnings, "-g", "-O1", ...sanitizers];
  const problem = compileFront(program, { cc: "clang", flags, sources });
  if (problem !== undefined) throw new Error(`the harness was not compiled: ${problem}`);
  for (const [number, [kind, text]] of seeds().entries()) {
    writeFileSync(
      join(folder, `seed-${number}`),
      Buffer.concat([Buffer.from([kinds[kind]]), Buffer.from(text)]),
    );
  }
  const dictionary = `-dict=${join(native, "fuzz/token-file.dict")}`;
  const limits = [
    `-max_total_time=${seconds}`,
    `-seed=${seed}`,
    "-max_len=4096",
    "-timeout=60",
    "-rss_limit_mb=512",
  ];
  const run = Bun.spawnSync(
    [
      program,
      dictionary,
      ...limits,
      "-print_final_stats=1",
      `-artifact_prefix=${tmpdir()}/ecr-crash-`,
      folder,
    ],
    { stdout: "inherit", stderr: "pipe" },
  );
  const report = run.stderr.toString();
  exitCode = run.exitCode;
  const plural = /number_of_executed_units:\s*(\d+)/.exec(report)?.[1];
  const coverage = [...report.matchAll(/cov: (\d+)/g)].at(-1)?.[1];
  if (exitCode === 0) console.log(`native: ${plural} inputs in ${seconds} s, ${coverage} edges, no failure`);
  else console.error(report.split("\n").slice(-80).join("\n"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(exitCode);

// Runs the tests and prints a summary line.
// Usage: node scripts/test.mjs [fast|unit|e2e|clients] [ARGUMENT OF MOCHA…]
//   fast: only the unit tests, for the time between two edits
//   unit: unit, contract and integration tests; they run anywhere, except those that need certain programs
//   e2e: real clients with a real engine, in their own namespaces; tests that can't run on this machine are
//        skipped by name; with CI=true they fail the run
//   clients: every client that scripts/clients/install.ts has installed; e2e tests the quick ones
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bunProgram } from "./bun.mjs";
import { baseNeeds, clientNeeds, keychainNeeds, missing, unitNeeds } from "./e2e-needs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isCi = process.env.CI === "true";
const realClients = "test/clients/real/**/*.test.ts";
const mocha = [bunProgram(), "--bun", join(root, "node_modules", "mocha", "bin", "mocha.js")];
const namespace = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
const enter = ["sh", join(root, "test", "support", "e2e", "namespace.sh")];

/** The time limit in milliseconds for Mocha to end after its summary. */
const ending = 20_000;

const parts = { fast: runFast, unit: runUnit, e2e: runE2e, clients: runClients };
const [first, ...rest] = process.argv.slice(2);
const only = Object.hasOwn(parts, first ?? "") ? first : undefined;
const mochaArguments = only === undefined ? process.argv.slice(2) : rest;

/** More failures than this are no accident. */
const mostRepeated = 3;

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const name of only === undefined ? ["unit", "e2e"] : [only]) {
  for (const [kind, count] of Object.entries(await parts[name]())) counts[kind] += count;
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/**
 * Excludes tests that start the compiled program, compile the native front, install, measure time or simulate months; needs
 * no build.
 * Two processes run one half each.
 */
async function runFast() {
  const slow = [
    "test/clients/real/**",
    "test/e2e/**",
    "test/install/**",
    "test/integration/**",
    "test/man/**",
    "test/native/**",
    "test/fuzz/**",
    "test/docs/readme.test.ts",
    "test/release/**",
    "test/support/**",
    "test/config/random.test.ts",
    "test/refresher/fleet.test.ts",
    "test/refresher/time-lapse.test.ts",
    "test/token/redact-property.test.ts",
    "test/token/time-growth.test.ts",
  ];
  const ignored = slow.flatMap((files) => ["--ignore", files]);
  const run = (files, write) =>
    runMocha([...mocha, ...files, ...ignored], {}, (child, signal) => child.kill(signal), write);
  if (namesFiles()) return run(mochaArguments);
  const output = [];
  const halves = await Promise.all([
    run(["test/[a-o]*/**/*.test.ts", ...mochaArguments]),
    run(["test/[p-z]*/**/*.test.ts", ...mochaArguments], (chunk) => output.push(chunk)),
  ]);
  process.stdout.write(Buffer.concat(output));
  const [one, other] = halves;
  return Object.fromEntries(Object.keys(counts).map((kind) => [kind, one[kind] + other[kind]]));
}

async function runUnit() {
  // Otherwise the tests that need one are skipped, and Mocha counts them.
  const unmet = isCi && process.platform === "linux" ? missing(unitNeeds) : [];
  for (const need of unmet) tell(`tests of ${need.program} can't run: they need ${describeNeed(need)}`);
  const files = ["test/**/*.test.ts", "--ignore", "test/e2e/**", "--ignore", "test/clients/real/**"];
  const end = (child, signal) => child.kill(signal);
  const plural = await runTwice(withFiles(files), (chosen) => runMocha([...mocha, ...chosen], {}, end));
  return { ...plural, failed: plural.failed + unmet.length };
}

function runE2e() {
  return runInNamespace(["test/e2e/**/*.test.ts", realClients]);
}

function runClients() {
  return runInNamespace([realClients], { TEST_CLIENTS: "all" });
}

async function runInNamespace(files, more = {}) {
  const skipped = (what) => ({ passed: 0, failed: isCi ? what.length : 0, skipped: isCi ? 0 : what.length });
  const unmet = [...notHere(), ...missing(baseNeeds).map(describeNeed)];
  const clients = missing([...clientNeeds, ...keychainNeeds]);
  for (const need of unmet) tell(`the end-to-end tests can't run: they need ${need}`);
  for (const need of clients) {
    tell(`the end-to-end tests of ${need.program} can't run: they need ${describeNeed(need)}`);
  }
  if (unmet.length > 0) return skipped(unmet);
  // Outside CI the tests of that client are skipped, and Mocha counts them.
  if (isCi && clients.length > 0) return skipped(clients);

  const folder = mkdtempSync(join(tmpdir(), "docker-credential-ecr-e2e-"));
  const cgroup = `docker-credential-ecr-e2e-${process.pid}`;
  try {
    const probe = spawnSync(namespace[0], [...namespace.slice(1), ...enter, folder, "true"]);
    if (probe.status !== 0) {
      tell(`the end-to-end tests can't run: no namespace with mounts of its own: ${probe.stderr}`);
      return skipped(["the namespace"]);
    }
    const hooks = ["--require", "test/support/e2e/hooks.ts", "--timeout", "120000"];
    const command = [...namespace, ...enter, folder, ...mocha, ...hooks];
    const absent = clients.map(({ program }) => program).join(" ");
    const env = { E2E_FOLDER: folder, E2E_CGROUP: cgroup, E2E_MISSING: absent, TMPDIR: folder, ...more };
    // With --kill-child the end of unshare also ends everything in the namespace.
    const end = (child) => child.kill("SIGKILL");
    return await runTwice(withFiles(files), (chosen) => runMocha([...command, ...chosen], env, end));
  } finally {
    rmdirSync(folder);
    removeCgroups(cgroup);
  }
}

/**
 * In CI, files of which a test failed run once more, alone: a machine that others share is at times too slow for a test
 * that starts many programs. What passes then is named as unsteady, and should be looked at. Elsewhere, and with more
 * than a few failures, the first result counts.
 *
 * @param run gets the files, and returns the counts and the files that failed
 */
async function runTwice(files, run) {
  const { failedFiles, ...first } = await run(files);
  const isAccident = first.failed <= mostRepeated && failedFiles.length > 0 && failedFiles.every(existsSync);
  if (!isCi || first.failed === 0 || !isAccident) return first;
  const names = failedFiles.map((file) => relative(root, file));
  console.log(`once more, alone: ${names.join(" ")}`);
  const again = await run(failedFiles);
  if (again.failed > 0 || again.passed === 0) return first;
  for (const name of names) console.log(`unsteady: a test of ${name} failed, and passed alone`);
  return { ...first, passed: first.passed + first.failed, failed: 0 };
}

/** Files named by the caller replace the default files of a part. */
function withFiles(files) {
  return namesFiles() ? mochaArguments : [...files, ...mochaArguments];
}

function namesFiles() {
  return mochaArguments.some((each) => each.endsWith(".test.ts"));
}

/**
 * Runs Mocha and reads the files that failed and the counts from the last lines of our reporter.
 *
 * @param end forwards a signal for this process and its children
 * @param write gets Mocha's output
 */
async function runMocha([program, ...args], env, end, write = (chunk) => process.stdout.write(chunk)) {
  // Mocha's own output is a pipe.
  const colour = process.stdout.isTTY ? "--color" : "--no-color";
  const child = spawn(program, [...args, colour], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const passOn = (signal) => end(child, signal);
  for (const signal of signals) process.on(signal, passOn);
  let tail = "";
  let overdue;
  const plural = () => /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(tail);
  child.stdout.on("data", (chunk) => {
    write(chunk);
    tail = (tail + chunk).slice(-4_000);
    if (plural()) overdue ??= setTimeout(giveUp, ending);
  });
  function giveUp() {
    console.log(
      `failed: a test left something open, Mocha was done but did not end within ${ending / 1_000} s`,
    );
    end(child, "SIGKILL");
    // A remaining program may hold the other end open.
    child.stdout.destroy();
  }
  const status = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  clearTimeout(overdue);
  for (const signal of signals) process.off(signal, passOn);

  const line = plural();
  if (!line) {
    console.log("failed: Mocha did not end");
    return { passed: 0, failed: 1, skipped: 0, failedFiles: [] };
  }
  const [passed, failed, skipped] = line.slice(1).map(Number);
  const failedFiles = [...tail.matchAll(/^failed in (.+)$/gm)].map(([, file]) => file);
  return { passed, failed: status === 0 ? failed : Math.max(failed, 1), skipped, failedFiles };
}

function notHere() {
  return [
    ...(process.platform === "linux" ? [] : ["Linux"]),
    ...(process.getuid?.() === 0 ? [] : ["root, to make namespaces"]),
  ];
}

function describeNeed({ program, package: name }) {
  return `${program} (Debian package ${name})`;
}

function tell(text) {
  console.log(`${isCi ? "failed" : "skipped"}: ${text}`);
}

/** Removes control groups, which outlive the namespaces in which the engine created them. */
function removeCgroups(name) {
  const base = "/sys/fs/cgroup";
  // Version 2 has one hierarchy, version 1 one for each controller.
  for (const hierarchy of [base, ...subfolders(base)]) {
    if (subfolders(hierarchy).includes(join(hierarchy, name))) removeFolders(join(hierarchy, name));
  }
}

/** Only the folders of a control group can be removed, not its files. */
function removeFolders(path) {
  for (const subfolder of subfolders(path)) removeFolders(subfolder);
  rmdirSync(path);
}

function subfolders(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}

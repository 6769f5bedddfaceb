import { lstat, readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { createFile, type FileRules, readForEdit } from "../clients/files/careful-file.ts";
import { readPlainFile } from "../clients/files/plain-file.ts";
import { FileRefusal } from "../ownership/file-refusal.ts";
import { readAwsFiles } from "../profiles/config-files.ts";
import { awsPaths } from "../profiles/file-paths.ts";
import { parseHost } from "../registry/host.ts";
import { Failure } from "../token/failure.ts";
import { printable, withoutControls } from "../token/printable.ts";
import { redact, redacted } from "../token/redact.ts";
import type { DoctorContext } from "./checks/machine.ts";
import { HiddenValues } from "./hidden-values.ts";
import type { Report } from "./report.ts";
import { shownConfig, shownDockerConfig } from "./shown-config.ts";
import { hideSettings, shownEnvironment, shownProfiles, shownSection } from "./shown-environment.ts";

const rules: FileRules = { allowsSharedFolder: true, otherUserFix: "run this as that user" };

/** Checks that the bundle can be written: an existing file is never replaced. @throws Failure BUNDLE_EXISTS, BUNDLE_WRITE */
export async function assertNotExists(path: string): Promise<void> {
  await withBundleFailure(path, async () => {
    const target = resolve(path);
    // lstat: a symlink counts too, wherever it points.
    const isTaken = await lstat(target).then(
      () => true,
      () => false,
    );
    if (isTaken) throw exists(path);
    await readForEdit(target, rules);
  });
}

/**
 * Writes the report and what else is needed to help a user remotely, with mode 0600. It contains only what is known to be no
 * secret: known variables, settings and keys with values of the form that they must have. What is left out of one section
 * is removed from the others too.
 *
 * @throws Failure BUNDLE_EXISTS, BUNDLE_WRITE
 */
export async function writeBundle(path: string, report: Report, machine: DoctorContext): Promise<void> {
  const text = await bundleText(report, machine);
  await assertNotExists(path);
  await withBundleFailure(path, () => createFile(resolve(path), text, rules));
}

async function withBundleFailure(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    if (error.kind === "changed") throw exists(path);
    throw new Failure("BUNDLE_WRITE", `the bundle ${printable(path)} ${error.why}`, error.fix, {
      cause: error,
    });
  }
}

async function bundleText(report: Report, machine: DoctorContext): Promise<string> {
  const { env, home, folders, dockerConfig, program } = machine;
  const { configPath, credentialsPath } = awsPaths(env, home);
  const read = await readAwsFiles(env, home, () => "");
  const aws = "files" in read ? read.files : undefined;
  const unparsed = "failure" in read ? read.failure.message : "";
  const platform = `${process.platform} ${process.arch}, Bun ${Bun.version}, user ${process.geteuid?.()}`;
  const hidden = new HiddenValues();
  const { add: hide } = hidden;
  const names = (headers: Iterable<string>) =>
    [...headers].map((name) => shownSection(name, hide)).join("\n");
  if (aws) hideSettings(aws.sections("credentials"), hide);
  const sections: readonly (readonly [string, string])[] = [
    ["program", `${program}\n${platform}`],
    ["report", JSON.stringify(report, undefined, 2)],
    ["environment", shownEnvironment(env, hide)],
    [
      `Docker's ${dockerConfig}`,
      shown(await readText(dockerConfig), (text) => shownDockerConfig(text, hide)),
    ],
    [folders.configFile, shown(await readText(folders.configFile), (text) => shownConfig(text, hide))],
    [configPath, aws ? shownProfiles(aws.sections("config"), hide) : unparsed],
    [`${credentialsPath}: profiles`, aws ? names(aws.sections("credentials").keys()) : unparsed],
    [`files in ${folders.state}`, await listing(folders.state)],
    [`${folders.state}/log, its end`, await endOfLog(`${folders.state}/log`)],
  ];
  const text = sections.map(([title, body]) => `== ${title}\n${body.trimEnd()}\n`).join("\n");
  return hidden.removeFrom(text);
}

/** What of a file is shown; only its size if it can't be parsed. */
function shown(text: string, show: (text: string) => string): string {
  try {
    return show(text);
  } catch {
    return `${text.length} characters that can't be read`;
  }
}

/** Whole lines only, so that no part of a secret remains. */
async function endOfLog(path: string): Promise<string> {
  const end = (await readText(path)).slice(-16_384);
  return redact(withoutControls(end.slice(end.indexOf("\n") + 1)));
}

async function readText(path: string | undefined): Promise<string> {
  if (path === undefined) return "";
  // Reading a pipe would block, and would take data from another reader.
  const bytes = await readPlainFile(path).catch(() => undefined);
  return bytes?.toString("utf8") ?? "";
}

/** The names of this program's own files: by host, or by a fingerprint. */
const ownName =
  /^(?:(?:tokens|authorizations|failed-gets|logins|keychain|sealed|keys|native|locks|clients|outputs|tmp)(?:\/|$))?(?:[0-9a-f]{0,64}|(?:at-rest|refresher|replication|replication-readings|tokens|logins)|log(?:\.\w{1,8})?|daemon(?:-attempt)?|output-[0-9a-f]+|token-key)(?:\.(?:failed|json|entry|old|1))*$/;

/** Mode, owner, size, time of change and name; no content. */
async function listing(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const lines = await Promise.all(
    ["", ...names.toSorted()].map(async (name) => {
      const found = await lstat(`${folder}/${name}`).catch(() => undefined);
      const isOwn = ownName.test(name) || parseHost(hostIn(name)) !== undefined;
      const shownName = name === "" ? "." : isOwn ? name : `${redacted} (another name)`;
      if (!found) return `? ${shownName}`;
      const { mode, uid, size, mtime } = found;
      return `${(mode & 0o7777).toString(8)} ${uid} ${size} ${mtime.toISOString()} ${shownName}`;
    }),
  );
  return lines.join("\n");
}

/** tokens/HOST.entry and similar. */
function hostIn(name: string): string {
  return /^(?:tokens|logins|failed-gets)\/([^/]+)\.(?:entry|json)$/.exec(name)?.[1] ?? "";
}

function exists(path: string): Failure {
  return new Failure("BUNDLE_EXISTS", `${printable(path)} already exists`, "remove it, or name another file");
}

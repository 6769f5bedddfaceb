import { randomBytes } from "node:crypto";
import { lstat, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { signature } from "../service/service.ts";
import { Failure } from "../token/failure.ts";

/**
 * The text of the file that describes the service; undefined where there is none.
 *
 * @throws Failure UNIT_FOREIGN where somebody else has made it, UNIT_FILE
 */
export async function readUnit(path: string): Promise<string | undefined> {
  // A link: of a unit that is masked, or kept elsewhere.
  const found = await lstat(path).catch(() => undefined);
  if (!found) return undefined;
  const text = found.isFile() ? await readFile(path, "utf8").catch((error) => fail(path, "read", error)) : "";
  if (text.includes(signature)) return text;
  const what = `${path} was not made by this program`;
  throw new Failure("UNIT_FOREIGN", what, "move it out of the way, or go on with it as it is");
}

/** Writes it whole or not at all, readable by all: nothing in it is secret. @throws Failure UNIT_FILE */
export async function writeUnit(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text, { mode: 0o644, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    fail(path, "written", error);
  }
}

/** @throws Failure UNIT_FILE */
export async function removeUnit(path: string): Promise<void> {
  await unlink(path).catch((error) => fail(path, "removed", error));
}

function fail(path: string, verb: string, cause: unknown): never {
  const code = (cause as { code?: string }).code ?? "unknown error";
  const mend = "see who owns it, and whether its disk is writable";
  throw new Failure("UNIT_FILE", `${path} can't be ${verb} (${code})`, mend, { cause });
}

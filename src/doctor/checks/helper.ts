import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { askVersion, findOnPath, type ProgramFile } from "../../process/find-on-path.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, ok } from "./finding.ts";
import type { DoctorContext } from "./machine.ts";

const name = "docker-credential-ecr";

/** The default PATH of systemd services, cron and sudo. */
const defaultPath: ReadonlySet<string> = new Set(
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".split(":"),
);

/** Whether Docker, run from this shell, finds a helper of that name. */
export const helperPath: MachineDiagnostic = {
  name: "helper-path",
  scope: "machine",
  look: async ({ env, program }) => judgePath(await findOnPath(name, env), program),
};

/** @param program the file of this program */
function judgePath(found: readonly ProgramFile[], program: string): Finding {
  const first = found.find(({ isExecutable }) => isExecutable);
  if (first) {
    const isUsual = defaultPath.has(dirname(first.path));
    return ok(isUsual ? first.path : `${first.path}, which is not in the default PATH of services and sudo`);
  }
  const [notExecutable] = found;
  if (notExecutable) {
    return failed(
      "HELPER_NOT_EXECUTABLE",
      `${notExecutable.path} is not executable`,
      `chmod a+rx ${notExecutable.path}`,
    );
  }
  const what = `no ${name} on the PATH, where Docker looks for it`;
  if (basename(program) === name) {
    return failed("HELPER_NOT_FOUND", what, `export PATH="${dirname(program)}:$PATH"`);
  }
  const fix = `this program is ${program}: put it into a folder of the PATH under that name`;
  return failed("HELPER_NOT_FOUND", what, fix);
}

/** Whether the helper of that name is this program. */
export const helperName: MachineDiagnostic = {
  name: "helper-name",
  scope: "machine",
  needs: ["helper-path"],
  look: async (machine) => {
    const found = await findOnPath(name, machine.env);
    const first = found.find(({ isExecutable }) => isExecutable)?.path ?? name;
    return judgeName(first, await identifyHelper(first, machine), machine);
  },
};

/** Which program a helper is. */
export type HelperIdentity =
  | { readonly kind: "this" }
  /** The same program, perhaps of another version. */
  | { readonly kind: "copy"; readonly version: string }
  | { readonly kind: "other"; readonly says: string | undefined };

export async function identifyHelper(
  path: string,
  { env, program }: Pick<DoctorContext, "env" | "program">,
): Promise<HelperIdentity> {
  const [one, other] = await Promise.all([path, program].map((each) => realpath(each).catch(() => each)));
  if (one === other) return { kind: "this" };
  const says = await askVersion(path, env);
  const prefix = `${name} (${name}) `;
  if (says?.startsWith(prefix)) return { kind: "copy", version: says.slice(prefix.length) };
  return { kind: "other", says: says?.split("\n")[0] };
}

function judgeName(
  first: string,
  helper: HelperIdentity,
  { program, version, hasFront }: Pick<DoctorContext, "program" | "version" | "hasFront">,
): Finding {
  const fix = `remove ${first}, or put ${dirname(program)} before its folder in the PATH`;
  switch (helper.kind) {
    case "this":
      return ok(`it is this program, version ${version}, ${hasFront ? "with" : "no"} native front`);
    case "copy":
      return helper.version === version
        ? ok(`a copy of this program, version ${version}`)
        : failed(
            "HELPER_VERSION",
            `${first} comes first in the PATH and is version ${helper.version}; this is ${version}`,
            fix,
          );
    case "other": {
      const says = helper.says ? `says "${helper.says}"` : "does not say what it is";
      return failed(
        "HELPER_OTHER",
        `another program of that name comes first in the PATH, ${first}: it ${says}`,
        fix,
      );
    }
  }
}

import { fileURLToPath } from "node:url";
import type { Result } from "./command.ts";
import type { Tester } from "./user.ts";

export type Variables = Readonly<Record<string, string>>;

/** The path of a file in examples/. */
export const example = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));

/** Prevents that Packer checks for newer versions. */
export const packerEnvironment = { CHECKPOINT_DISABLE: "1" };

/** The engine of the tests has no bridge network. */
const network = "none";

/** @param template its name in examples/packer */
export function packerBuild(tester: Tester, template: string, variables: Variables): Promise<Result> {
  return packer(tester, ["build", "-color=false"], template, { network, ...variables });
}

export function packer(
  tester: Tester,
  command: readonly string[],
  template: string,
  variables: Variables = {},
): Promise<Result> {
  const flags = Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);
  return tester.run(["packer", ...command, ...flags, example(`packer/${template}`)], {
    cwd: tester.home,
    env: packerEnvironment,
  });
}

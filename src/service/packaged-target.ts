import { Failure } from "../token/failure.ts";
import { systemctlLine } from "./packaged.ts";
import type { ServiceTarget } from "./plan.ts";
import { readUnit } from "./unit-file.ts";

/**
 * The service to show or restart: that of a package, unless 'service install' has written one. A unit of an
 * administrator's at the same path counts as the package's.
 */
export async function withPackaged(place: ServiceTarget): Promise<ServiceTarget> {
  const { packaged, ...rest } = place;
  if (!packaged || (await isOwnUnit(place.manager.path))) return rest;
  return { ...place, manager: packaged.manager };
}

async function isOwnUnit(path: string): Promise<boolean> {
  try {
    return (await readUnit(path)) !== undefined;
  } catch (error) {
    if (error instanceof Failure && error.code === "UNIT_FOREIGN") return false;
    throw error;
  }
}

/** Why 'service install' adds no second service. */
export function packagedEnabled(packaged: NonNullable<ServiceTarget["packaged"]>): Failure {
  return new Failure(
    "UNIT_FOREIGN",
    `${packaged.unit} (${packaged.path}) is enabled already, and a second daemon would not start`,
    `keep it (${systemctlLine("status", packaged)}), or first run: ${systemctlLine("disable --now", packaged)}`,
  );
}

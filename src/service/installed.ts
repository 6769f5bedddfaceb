import { existsSync, readdirSync } from "node:fs";
import { programsOf } from "../process/run-program.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { accountOf } from "./account.ts";
import { plistPath } from "./launchd-plist.ts";
import { serviceName } from "./service.ts";
import { systemUnits, unitName, userUnits } from "./systemd-unit.ts";

/** The file of the service that runs this user's daemon; undefined if none is installed. */
export async function installedService(env: Environment, home: string): Promise<string | undefined> {
  const isMac = process.platform === "darwin";
  const own = { isSystem: false, account: { name: "", uid: process.geteuid?.() ?? 0, home } };
  const { XDG_CONFIG_HOME } = env;
  const configHome = XDG_CONFIG_HOME?.startsWith("/") ? XDG_CONFIG_HOME : `${home}/.config`;
  const ownPath = isMac ? plistPath(own) : `${userUnits(configHome)}/${unitName(own)}`;
  if (existsSync(ownPath)) return ownPath;
  // The account's name is looked up only where some user has such a service.
  const folder = isMac ? "/Library/LaunchDaemons" : systemUnits;
  if (!namesIn(folder).some((name) => name.startsWith(`${serviceName}-`))) return undefined;
  try {
    const account = await accountOf(own.account.uid, programsOf(env), process.platform);
    const ofSystem = { isSystem: true, account };
    const path = isMac ? plistPath(ofSystem) : `${systemUnits}/${unitName(ofSystem)}`;
    return existsSync(path) ? path : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

import { existsSync } from "node:fs";
import { programsOf } from "../process/run-program.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { accountOf } from "./account.ts";
import { plistPath } from "./launchd-plist.ts";
import { namesIn, packagedUnit, systemctlLine } from "./packaged.ts";
import { type Account, serviceName } from "./service.ts";
import { systemUnits, unitName, userUnits } from "./systemd-unit.ts";

/** The service that runs this user's daemon. */
export interface InstalledService {
  /** Its unit or plist. */
  readonly path: string;
  /** The command that starts or restarts it. Absent: 'service install' has written it. */
  readonly restart?: string;
}

/** Undefined if no service is installed, or that of a package is not enabled. */
export async function installedService(
  env: Environment,
  home: string,
): Promise<InstalledService | undefined> {
  const isMac = process.platform === "darwin";
  const own = { isSystem: false, account: { name: "", uid: process.geteuid?.() ?? 0, home } };
  const places = { configHome: configHomeOf(env, home), home };
  const ownPath = isMac ? plistPath(own) : `${userUnits(places.configHome)}/${unitName(own)}`;
  if (existsSync(ownPath)) return { path: ownPath };
  const packaged = isMac ? undefined : enabledUnit(own, places);
  if (packaged) return packaged;
  // The account's name is looked up only where some user has such a service.
  const folder = isMac ? "/Library/LaunchDaemons" : systemUnits;
  const isOfUser = (name: string) => name.startsWith(`${serviceName}-`) || name.startsWith(`${serviceName}@`);
  const hasWanted = () =>
    namesIn(folder).some((name) => name.endsWith(".wants") && namesIn(`${folder}/${name}`).some(isOfUser));
  if (!namesIn(folder).some(isOfUser) && (isMac || !hasWanted())) return undefined;
  const account = await ownAccount(own.account.uid, env);
  if (!account) return undefined;
  const ofSystem = { isSystem: true, account };
  const path = isMac ? plistPath(ofSystem) : `${systemUnits}/${unitName(ofSystem)}`;
  if (existsSync(path)) return { path };
  return isMac ? undefined : enabledUnit(ofSystem, places);
}

export function configHomeOf({ XDG_CONFIG_HOME }: Environment, home: string): string {
  return XDG_CONFIG_HOME?.startsWith("/") ? XDG_CONFIG_HOME : `${home}/.config`;
}

function enabledUnit(...args: Parameters<typeof packagedUnit>): InstalledService | undefined {
  const found = packagedUnit(...args);
  return found?.isEnabled ? { path: found.path, restart: systemctlLine("restart", found) } : undefined;
}

async function ownAccount(uid: number, env: Environment): Promise<Account | undefined> {
  try {
    return await accountOf(uid, programsOf(env), process.platform);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

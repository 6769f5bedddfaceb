import { run } from "./run.ts";

const semver = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z]+(\.[0-9A-Za-z]+)*)?$/;

/** @throws if it is not a version of https://semver.org/, or has build metadata, which packages can't have */
export function checkVersion(version: string): void {
  if (!semver.test(version)) throw new Error(`${version} is not a version such as 1.2.3 or 1.2.3-rc.1`);
}

/**
 * The time of all files, in seconds since 1970: SOURCE_DATE_EPOCH, else the time of the last commit.
 * @throws without either
 */
export function sourceDate(root: string, env: Readonly<Record<string, string | undefined>>): number {
  const given = env.SOURCE_DATE_EPOCH;
  const text = given ?? run(["git", "-C", root, "log", "-1", "--format=%ct"]).trim();
  if (!/^\d{1,10}$/.test(text)) throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: ${text}`);
  return Number(text);
}

/**
 * The section of CHANGELOG.md about a version.
 * @returns undefined if there is none
 */
export function changelogSection(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((each) => each.startsWith(`[${version}]`));
  return section?.slice(section.indexOf("\n")).trim();
}

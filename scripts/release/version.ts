import { run } from "./run.ts";

const semver = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z]+(\.[0-9A-Za-z]+)*)?$/;

/** @throws where it is no version by https://semver.org/; one without build metadata, which packages can't have */
export function checkVersion(version: string): void {
  if (!semver.test(version)) throw new Error(`${version} is no version such as 1.2.3 or 1.2.3-rc.1`);
}

/**
 * Seconds since 1970 that stand in all files: SOURCE_DATE_EPOCH, else the time of the last commit.
 * @throws without either
 */
export function sourceDate(root: string, env: Readonly<Record<string, string | undefined>>): number {
  const given = env.SOURCE_DATE_EPOCH;
  const text = given ?? run(["git", "-C", root, "log", "-1", "--format=%ct"]).trim();
  if (!/^\d{1,10}$/.test(text)) throw new Error(`SOURCE_DATE_EPOCH is no number of seconds: ${text}`);
  return Number(text);
}

/**
 * The part of CHANGELOG.md on a version.
 * @returns undefined where it has none
 */
export function changelogSection(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((each) => each.startsWith(`[${version}]`));
  return section?.slice(section.indexOf("\n")).trim();
}

import { changelogSection } from "./version.ts";

/** The values that must agree before a release is published. */
export interface PublishFacts {
  readonly version: string;
  /** The version in package.json. */
  readonly packageVersion: string;
  readonly changelog: string;
  /** The tags of the commit that is built. */
  readonly tags: readonly string[];
  /** The output of `git status --porcelain`. */
  readonly changes: string;
  readonly isPublishable: boolean;
}

/** @returns the problems with their fixes, one line each */
export function publishProblems(facts: PublishFacts): readonly string[] {
  const { version, packageVersion, changelog, tags, changes, isPublishable } = facts;
  const problems: string[] = [];
  if (packageVersion !== version) {
    problems.push(
      `package.json has version ${packageVersion}: run npm version --no-git-tag-version ${version}`,
    );
  }
  if (!changelogSection(changelog, version)) {
    problems.push(`CHANGELOG.md has no section [${version}]: give [Unreleased] that name and a date`);
  }
  if (!tags.includes(`v${version}`))
    problems.push(`the commit has no tag v${version}: git tag -s v${version}`);
  if (changes !== "") problems.push("files differ from the commit: commit or remove them");
  if (!isPublishable)
    problems.push("package.json names no repository and author, which the packages need: add both");
  return problems;
}

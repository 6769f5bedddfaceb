import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the project is published. */
export interface Project {
  readonly url: string;
  /** Of a release's files; each file's name follows it. */
  readonly downloads: string;
  readonly maintainer: string;
  /** False while package.json names no repository: such a release is for trying, not for publishing. */
  readonly isPublishable: boolean;
}

/** From package.json's `repository` and `author`; without them placeholders that lead nowhere (RFC 2606). */
export function projectOf(root: string, version: string): Project {
  const { repository, author } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const address: string | undefined = typeof repository === "string" ? repository : repository?.url;
  const url = address?.replace(/^git\+/, "").replace(/\.git$/, "") ?? "https://repository.invalid";
  return {
    url,
    downloads: `${url}/releases/download/v${version}`,
    maintainer: author ?? "docker-credential-ecr developers <developers@repository.invalid>",
    isPublishable: address !== undefined && author !== undefined,
  };
}

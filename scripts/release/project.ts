import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The URLs of the project. */
export interface Project {
  readonly url: string;
  /** The base URL of a release's files. */
  readonly downloads: string;
  readonly maintainer: string;
  /** False if package.json has no repository: such a release is only for tests. */
  readonly isPublishable: boolean;
}

/** From package.json's `repository` and `author`; without them reserved placeholder names (RFC 2606). */
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

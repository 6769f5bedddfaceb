import { readServerUrl, type ServerUrl } from "./server-url.ts";

/** An image of a registry. */
export interface Image {
  /** "team/app" */
  readonly repository: string;
  /** A tag, or a digest such as "sha256:…"; "latest" if the name has neither. */
  readonly reference: string;
}

/** A registry as a user names it, with the image if the user named one. */
export interface NamedRegistry {
  readonly url: ServerUrl;
  readonly image?: Image;
}

// The grammar of repositories, tags and digests: https://github.com/distribution/reference
const IMAGE =
  /^([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(\w[\w.-]{0,127}))?(?:@([a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?$/;

/**
 * Reads what a user gives for a registry: a host, an `http(s)://` URL, or an image, `HOST/REPOSITORY[:TAG][@DIGEST]`.
 * The digest takes precedence over the tag, as in Docker.
 */
export function readNamedRegistry(text: string): NamedRegistry {
  const url = readServerUrl(text);
  if (url.kind === "malformed") return { url };
  const bare = text.trim().replace(/^https?:\/\//i, "");
  const path = bare.includes("/") ? bare.slice(bare.indexOf("/") + 1) : "";
  // Clients append `/v1/` or `/v2/` to a bare host: that is not a repository.
  if (path === "" || /^v[12]\/?$/.test(path)) return { url };
  const [, repository, tag, digest] = IMAGE.exec(path) ?? [];
  if (repository === undefined) {
    return { url: { kind: "malformed", reason: "what follows the host is not the name of an image" } };
  }
  return { url, image: { repository, reference: digest ?? tag ?? "latest" } };
}

import type { AppContext } from "../provider/context.ts";
import { authorizationPath } from "../store/files/paths.ts";
import { stampOf } from "../token/dependencies.ts";
import type { AuthorizationEntry } from "../token/entry.ts";

/** Authorization tokens by key. A file is read again only if it has changed, since each pass needs all of them. */
export class RememberedTokens {
  readonly #known = new Map<string, { readonly stamp: string; readonly entry: AuthorizationEntry }>();

  constructor(private readonly app: Pick<AppContext, "store" | "files" | "folders">) {}

  readonly readAuthorization = async (key: string): Promise<AuthorizationEntry | undefined> => {
    const { store, files, folders } = this.app;
    // The stamp is read first, so that a change in between is detected later.
    const stamp = files.stamp(authorizationPath(folders.state, key));
    const known = stamp === stampOf("absent") ? undefined : this.#known.get(key);
    if (known?.stamp === stamp) return known.entry;
    const entry = await store.readAuthorization(key);
    if (entry) this.#known.set(key, { stamp, entry });
    else this.#known.delete(key);
    return entry;
  };

  /** Drops all others, since they are secrets. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
  }
}

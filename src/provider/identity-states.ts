import type { ReadFiles } from "../profiles/config-files.ts";
import { type IdentityState, identityState } from "../profiles/dependencies.ts";
import { readBootId } from "../store/files/clock.ts";
import type { Identity } from "../token/identity.ts";
import type { AppContext } from "./context.ts";

/** What identities depend on, looked up on this machine. */
export class IdentityStates {
  /** The AWS files as last parsed. They are parsed again only if they have changed. */
  #lastRead: ReadFiles | undefined;
  /** Stamps of the files whose change may end a failure. */
  readonly #retryStamps = new Map<string, string>();

  /** @param cache a cache of the results; absent: each is looked up each time */
  constructor(
    private readonly app: Pick<AppContext, "files" | "env" | "home">,
    private readonly cache?: Map<string, IdentityState>,
  ) {}

  async of(identity: Identity): Promise<IdentityState> {
    const { files, env, home } = this.app;
    const name = this.cache && JSON.stringify(identity);
    const before = name && this.cache?.get(name);
    if (before) return before;
    const machine = { env, home, boot: readBootId(files), readStamp: files.stamp };
    const state = await identityState(identity, machine, this.#lastRead);
    this.#lastRead = state.read;
    for (const path of state.retryWhenChanged) this.#retryStamps.set(path, files.stamp(path));
    if (name) this.cache?.set(name, state);
    return state;
  }

  /** Looks up all cached identities again. @returns whether none has changed */
  async isUnchanged(): Promise<boolean> {
    const { files } = this.app;
    for (const [path, stamp] of this.#retryStamps) if (files.stamp(path) !== stamp) return false;
    const before = [...(this.cache ?? [])];
    this.cache?.clear();
    for (const [name, { read, ...state }] of before) {
      const { read: readNow, ...stateNow } = await this.of(JSON.parse(name));
      if (readNow !== read || !Bun.deepEquals(stateNow, state)) return false;
    }
    return true;
  }
}

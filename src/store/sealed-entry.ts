import type { Sealed } from "../token/entry.ts";
import { seal, unseal } from "./seal.ts";

/**
 * The entry with its secret encrypted. The rest can still be read, and can't be changed: it and the file's place are
 * what the secret opens under.
 *
 * @param place of the file in the state folder, as `tokenPath("", host)`
 * @param nonce see `seal`
 */
export async function sealEntry<Entry extends { readonly secret: string }>(
  { secret, ...rest }: Entry,
  place: string,
  key: Uint8Array,
  nonce: Uint8Array,
): Promise<Omit<Entry, "secret"> & { sealed: string }> {
  return { ...rest, sealed: await seal(secret, key, contextOf(place, rest), nonce) };
}

/** The entry again; undefined where the key is another, or the file was changed or moved. */
export async function openEntry<Entry>(
  { sealed, ...rest }: Sealed<Entry>,
  place: string,
  key: Uint8Array,
): Promise<Entry | undefined> {
  const secret = await unseal(sealed, key, contextOf(place, rest));
  return secret === undefined ? undefined : ({ ...rest, secret } as Entry);
}

/** An entry and what JSON makes of it have their keys in one order. */
function contextOf(place: string, rest: object): string {
  return JSON.stringify([place, rest]);
}

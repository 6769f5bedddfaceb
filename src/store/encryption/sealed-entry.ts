import { entryFormat, type Sealed } from "../../token/entry.ts";
import { describeEntry, type SecretEntry } from "../../token/entry-text.ts";
import { hasPreviousFormat } from "../../token/former-login.ts";
import { seal, unseal } from "./seal.ts";

/**
 * The entry with its secret encrypted. The rest stays readable, but can't be changed: it and the file's place are
 * authenticated together with the secret.
 *
 * @param place of the file in the state folder, as `tokenPath("", host)`
 * @param nonce see `seal`
 */
export async function sealEntry<Entry extends SecretEntry>(
  { secret, ...rest }: Entry,
  place: string,
  key: Uint8Array,
  nonce: Uint8Array,
): Promise<Sealed<SecretEntry>> {
  return { ...rest, sealed: await seal(secret, key, contextOf(place, rest), nonce) };
}

/** Decrypts the entry; undefined if the key differs, or the file was changed or moved. */
export async function openEntry<Entry>(
  { sealed, ...rest }: Sealed<Entry>,
  place: string,
  key: Uint8Array,
): Promise<Entry | undefined> {
  const secret = await unseal(sealed, key, contextOf(place, rest as unknown as Omit<SecretEntry, "secret">));
  return secret === undefined ? undefined : ({ ...rest, format: entryFormat, secret } as Entry);
}

function contextOf(place: string, rest: Omit<SecretEntry, "secret">): string {
  return hasPreviousFormat(rest) ? JSON.stringify([place, rest]) : `${place}\n${describeEntry(rest)}`;
}

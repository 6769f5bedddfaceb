import { base64, percentEncoded, secretForms } from "./secrets-by-form.ts";
import { namedValues } from "./secrets-by-name.ts";
import { netrc, options } from "./secrets-in-commands.ts";
import { afterSchemes, elements } from "./secrets-in-markup.ts";
import { pairs } from "./secrets-in-pairs.ts";
import { prefixedTokens, privateKeys, prose } from "./secrets-in-prose.ts";
import { spacedUserInfo, userInfo } from "./secrets-in-urls.ts";
import { hide } from "./spans.ts";

export { redacted } from "./spans.ts";

const plain = [
  spacedUserInfo,
  userInfo,
  elements,
  namedValues,
  pairs,
  options,
  netrc,
  afterSchemes,
  prose,
  privateKeys,
  prefixedTokens,
  secretForms,
];
const all = [...plain, percentEncoded(plain), base64(plain)];

/**
 * A text without anything that may be a secret: access keys, session and bearer tokens, signatures, passwords in URLs and
 * headers, long base64, also percent-encoded or as base64. It redacts too much rather than too little; ARNs, host names,
 * account numbers and paths of ordinary length stay, since users need them.
 *
 * The time is linear in the length of the text: a server's answer must not hang the caller.
 */
export function redact(text: string): string {
  return hide(text, all);
}

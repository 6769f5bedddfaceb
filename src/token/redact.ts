/** What stands in a secret's place. */
export const redacted = "[redacted]";

const jwt = /\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g;
const accessKey = /\b(A[KS]IA)[A-Z0-9]{12,}/g;
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi;
const authorization =
  /\b(authorization["']?\s*[:=]\s*["']?|bearer\s+|basic\s+)(?:(?:bearer|basic)\s+)?[^\s"',;]{6,}/gi;
const named =
  /((?:secret|passw(?:or)?d|passphrase|token|signature|credential(?!s\b)|api[-_]?key)[\w-]{0,30}["']?\s*[:=]\s*["']?)[^\s"'&,;<>]{4,}/gi;
const element = /(<(\w*(?:Secret|Token|Password)\w*)>)[^<]+(?=<\/\2>)/g;
const blob = /[A-Za-z0-9+/]{36,}={0,2}/g;
const longBlob = /[A-Za-z0-9+/_=-]{100,}/g;

/**
 * A foreign text without what may be a secret in it: access keys, session and bearer tokens, signatures,
 * passwords in URLs, long base64. Rather too much than too little; ARNs, host names, account numbers and
 * paths of ordinary length stay, since a person needs them.
 */
export function redact(text: string): string {
  return text
    .replace(jwt, redacted)
    .replace(userInfo, `$1${redacted}@`)
    .replace(element, `$1${redacted}`)
    .replace(authorization, `$1${redacted}`)
    .replace(named, `$1${redacted}`)
    .replace(accessKey, `$1${redacted}`)
    .replace(longBlob, redacted)
    .replace(blob, (run) => (isMixed(run) ? redacted : run));
}

/** Words and paths are of one case or have no digits; random base64 of this length has all three. */
function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
}

/**
 * Variables by which the runtime, the allocator or the loader runs other code in a program, opens a debugger for it, or
 * writes what is in its memory to a file. docs/security.md has what each was seen to do.
 */
export const unsafeVariables: readonly string[] = [
  "BUN_BE_BUN",
  "BUN_BYTECODE_DIGEST_OUT",
  "BUN_BYTECODE_ORDER_OUT",
  "BUN_CONFIG_VERBOSE_FETCH",
  "BUN_INSPECT",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_NOTIFY",
  "BUN_INSPECT_PRELOAD",
  "BUN_JSC_configFile",
  "BUN_JSC_functionOverrides",
  "BUN_OPTIONS",
  "NODE_CHANNEL_FD",
  "NODE_DEBUG",
  "NODE_OPTIONS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
];

/** The same of the loader's. Elsewhere than under systemd an empty value is no value only for those above. */
export const loaderVariables: readonly string[] = ["LD_AUDIT", "LD_PRELOAD"];

/** Those that are set in an environment and open a debugger, or change what the runtime does as one. */
export function debuggerVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(env)
    .filter((name) => /^(?:BUN_INSPECT|BUN_OPTIONS$|BUN_JSC_|BUN_BYTECODE_)/.test(name) && env[name] !== "")
    .sort();
}

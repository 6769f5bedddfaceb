/**
 * Variables that make the runtime, the allocator or the loader run other code in a program, open a debugger for it, or
 * write its memory to a file. docs/security.md describes the observed effect of each.
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

/** The same for the loader. Only for the variables above does an empty value mean unset outside systemd. */
export const loaderVariables: readonly string[] = ["LD_AUDIT", "LD_PRELOAD"];

/** The variables of an environment that open a debugger, or change what the runtime does as a debugger would. */
export function debuggerVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(env)
    .filter((name) => /^(?:BUN_INSPECT|BUN_OPTIONS$|BUN_JSC_|BUN_BYTECODE_)/.test(name) && env[name] !== "")
    .sort();
}

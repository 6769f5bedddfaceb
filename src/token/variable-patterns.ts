/**
 * Variables that "AWS_*" does not mean: they are set in many shells and choose no principal, so a token that the daemon
 * has fetched without them can be used. They count if they are named. "AWS_CLI_*": all that begin with it.
 * native/environment.c has the same list.
 */
export const harmlessNames: readonly string[] = [
  "AWS_CA_BUNDLE",
  "AWS_CLI_*",
  "AWS_DEFAULTS_MODE",
  "AWS_DEFAULT_OUTPUT",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_MAX_ATTEMPTS",
  "AWS_OUTPUT",
  "AWS_PAGER",
  "AWS_REGION",
  "AWS_REQUEST_CHECKSUM_CALCULATION",
  "AWS_RESPONSE_CHECKSUM_VALIDATION",
  "AWS_RETRY_MODE",
  "AWS_SDK_UA_APP_ID",
  "AWS_STS_REGIONAL_ENDPOINTS",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_USE_FIPS_ENDPOINT",
];

/**
 * Variables that "*" does not mean: a shell, terminal, service manager or client sets them to another value each time, and
 * they choose no principal; and those of JavaScript runtimes, which the native front removes. They count if they are named.
 * native/environment.c has the same list.
 */
export const sessionNames: readonly string[] = [
  "_",
  "ALACRITTY_*",
  "ATUIN_*",
  "BUN_*",
  "COLORTERM",
  "COLUMNS",
  "DBUS_SESSION_BUS_ADDRESS",
  "DESKTOP_SESSION",
  "DESKTOP_STARTUP_ID",
  "DISPLAY",
  "DOCKER_CLI_PLUGIN_*",
  "FNM_MULTISHELL_PATH",
  "GNOME_TERMINAL_*",
  "GPG_TTY",
  "HIST*",
  "INVOCATION_ID",
  "ITERM_SESSION_ID",
  "JOURNAL_STREAM",
  "JSC_*",
  "KITTY_*",
  "KONSOLE_*",
  "LANG",
  "LANGUAGE",
  "LC_*",
  "LESS*",
  "LINES",
  "LISTEN_*",
  "LS_COLORS",
  "MAIL",
  "MANAGERPID",
  "MANAGERPIDFDID",
  "MCFLY_SESSION_ID",
  "MEMORY_PRESSURE_*",
  "MIMALLOC_*",
  "NAPI_RS_*",
  "NODE_CHANNEL_*",
  "NODE_COMPILE_CACHE*",
  "NODE_DEBUG*",
  "NODE_OPTIONS",
  "NODE_REDIRECT_*",
  "NODE_TLS_*",
  "NOTIFY_SOCKET",
  "OLDPWD",
  "OTEL_*",
  "PACKER_*",
  "PAGER",
  "PLUGIN_CLIENT_CERT",
  "PLUGIN_MAX_PORT",
  "PLUGIN_MIN_PORT",
  "PLUGIN_PROTOCOL_VERSIONS",
  "POSH_SESSION_ID",
  "PROMPT_COMMAND",
  "PS1",
  "PWD",
  "SESSION_MANAGER",
  "SHELL_SESSION_ID",
  "SHLVL",
  "SSH_CLIENT",
  "SSH_CONNECTION",
  "SSH_TTY",
  "STARSHIP_*",
  "STY",
  "SUDO_COMMAND",
  "SYSTEMD_EXEC_PID",
  "TERM",
  "TERM_*",
  "TMUX",
  "TMUX_PANE",
  "TRACEPARENT",
  "TRACESTATE",
  "TRIGGER_TIMER_*",
  "TZ",
  "TZDIR",
  "VSCODE_*",
  "VTE_VERSION",
  "WATCHDOG_*",
  "WAYLAND_DISPLAY",
  "WEZTERM_*",
  "WINDOW",
  "WINDOWID",
  "WSL_INTEROP",
  "WT_SESSION",
  "XAUTHORITY",
  "XDG_ACTIVATION_TOKEN",
  "XDG_SEAT",
  "XDG_SESSION_*",
  "XDG_VTNR",
  "ZELLIJ_*",
];

/** Whether "*" does not mean this variable. */
export function isSessionName(name: string): boolean {
  return sessionNames.some((pattern) => matches(name, pattern));
}

const leftOut: Readonly<Record<string, readonly string[]>> = { "AWS_*": harmlessNames, "*": sessionNames };

/** Whether a pattern, "AWS_*" or "*", means this variable. */
export function isMeant(name: string, pattern: string): boolean {
  return matches(name, pattern) && !leftOut[pattern]?.some((each) => matches(name, each));
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

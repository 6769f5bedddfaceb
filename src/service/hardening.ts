import { loaderVariables, unsafeVariables } from "./runtime-variables.ts";

/**
 * What every manager can enforce: with system call filters, limits and flags of the process. Options that need mounts
 * (ProtectSystem=, PrivateTmp= and most others) are deliberately not among these: a user's manager needs unprivileged
 * user namespaces for them. Where those are forbidden, as on Ubuntu since 23.10, the unit fails to start or is not
 * protected at all, depending on the version of systemd; where they are allowed, all files of other users seem to
 * belong to the user nobody.
 *
 * A credential_process runs under the same rules. For its sake these are left out, here and below:
 * - MemoryDenyWriteExecute=: JavaScriptCore compiles at run time, as do Java, .NET and Node.js;
 * - PrivateDevices=, ProtectClock= (which closes all devices too): keys may be in a TPM or on a hardware token;
 * - PrivateTmp=, ProtectHome=, ProtectSystem=strict: AWS files, outputs of config.yaml and sockets of agents may be
 *   anywhere;
 * - SystemCallFilter=~@privileged: it forbids chown, with which root gives an output to the owner of its folder;
 * - ProcSubset=pid: a token's age is calculated from /proc/uptime.
 */
export const userHardening: readonly string[] = [
  // Setuid programs gain no privileges: a credential_process that runs sudo needs a drop-in.
  "NoNewPrivileges=yes",
  "UMask=0077",
  // Each would run other code in the daemon, and desktops import a session's whole environment into the manager.
  `UnsetEnvironment=${[...unsafeVariables, ...loaderVariables].join(" ")}`,
  // The memory contains tokens.
  "LimitCORE=0",
  "LockPersonality=yes",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  // Netlink: libc uses it to find out whether the machine has IPv6.
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
  // The daemon needs 80 MB for 2,000 registries; up to eight credential_process run at the same time.
  "MemoryHigh=768M",
  "MemoryMax=1G",
  "TasksMax=512",
  // A credential_process that uses too much memory must not end the daemon.
  "OOMPolicy=continue",
];

/** What the system's manager can enforce in addition. */
const systemWide: readonly string[] = [
  // /usr, /boot and /etc are read-only. An output below them needs ReadWritePaths= in a drop-in.
  "ProtectSystem=full",
  "ProtectControlGroups=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectProc=invisible",
  "AmbientCapabilities=",
];

/** For a system unit. @param uid of the account that it runs as */
export function systemHardening(uid: number): readonly string[] {
  // Root writes outputs in the folders of other users, and gives them to these users.
  const capabilities = uid === 0 ? "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER" : "";
  return [...systemWide, `CapabilityBoundingSet=${capabilities}`];
}

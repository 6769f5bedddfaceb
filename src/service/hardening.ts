import { loaderVariables, unsafeVariables } from "./runtime-variables.ts";

/**
 * What any manager can enforce: by system call filters, limits and flags of the process. Options that need
 * mounts (ProtectSystem=, PrivateTmp= and most others) are not among these on purpose: in a user's manager
 * they need unprivileged user namespaces. Where those are forbidden, as on Ubuntu since 23.10, the unit
 * fails to start or is not protected at all, by the version of systemd; where they are allowed, all files
 * of other users seem to belong to nobody.
 *
 * A credential_process runs under the same rules. Left out for its sake, here and below:
 * - MemoryDenyWriteExecute=: JavaScriptCore compiles at run time, as Java, .NET and Node.js do;
 * - PrivateDevices=, ProtectClock= (which closes all devices too): keys may lie in a TPM or on a token;
 * - PrivateTmp=, ProtectHome=, ProtectSystem=strict: AWS files, outputs of config.yaml and sockets of agents
 *   may be anywhere;
 * - SystemCallFilter=~@privileged: with it goes chown, by which root gives an output to the owner of its folder;
 * - ProcSubset=pid: a token's age is reckoned from /proc/uptime.
 */
export const anywhere: readonly string[] = [
  // No setuid program gains anything: a credential_process that runs sudo has to say so in a drop-in.
  "NoNewPrivileges=yes",
  "UMask=0077",
  // Each would have code of its own run in the daemon, and desktops import a session's whole environment into the manager.
  `UnsetEnvironment=${[...unsafeVariables, ...loaderVariables].join(" ")}`,
  // Whole tokens are in its memory.
  "LimitCORE=0",
  "LockPersonality=yes",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  // Netlink: how libc finds out whether the machine has IPv6.
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
  // The daemon keeps 2,000 registries in 80 MB; up to eight credential_process run beside it.
  "MemoryHigh=768M",
  "MemoryMax=1G",
  "TasksMax=512",
  // One credential_process that takes too much is no reason to end the daemon.
  "OOMPolicy=continue",
];

/** What the system's manager can enforce as well. */
const systemWide: readonly string[] = [
  // /usr, /boot and /etc are read-only. An output below them wants ReadWritePaths= in a drop-in.
  "ProtectSystem=full",
  "ProtectControlGroups=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectProc=invisible",
  "AmbientCapabilities=",
];

/** For a unit of the system. @param uid of the account that it runs as */
export function systemHardening(uid: number): readonly string[] {
  // Root writes outputs in the folders of other users, and leaves them to these.
  const capabilities = uid === 0 ? "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER" : "";
  return [...systemWide, `CapabilityBoundingSet=${capabilities}`];
}

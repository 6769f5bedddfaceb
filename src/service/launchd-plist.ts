import { unsafeVariables } from "./runtime-variables.ts";
import { nameOf, type Service, signature } from "./service.ts";

/** Where launchd looks: launchd.plist(5). */
export function plistPath(service: Pick<Service, "isSystem" | "account">): string {
  const folder = service.isSystem ? "" : service.account.home;
  return `${folder}/Library/${service.isSystem ? "LaunchDaemons" : "LaunchAgents"}/${nameOf(service)}.plist`;
}

/** Without a path launchd discards the output of a program. */
const logPath = ({ account }: Pick<Service, "account">): string =>
  `${account.home}/Library/Logs/docker-credential-ecr.log`;

/** The property list of an agent of a user, or with `isSystem` of a daemon that runs as the account. */
export function launchdPlist(service: Service): string {
  const { isSystem, account, program, splay, environment } = service;
  const entries: Dictionary = {
    Label: nameOf(service),
    ProgramArguments: [program, "daemon", "--splay", splay],
    RunAtLoad: true,
    // Like systemd's Restart=on-failure, with its 30 s.
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 30,
    ProcessType: "Background",
    // Decimal: a property list has no octal numbers.
    Umask: 0o077,
    SoftResourceLimits: { Core: 0 },
    HardResourceLimits: { Core: 0 },
    StandardOutPath: logPath(service),
    StandardErrorPath: logPath(service),
    ...(isSystem && { UserName: account.name }),
    EnvironmentVariables: Object.fromEntries([
      // launchd can't unset a variable of the session; for these variables an empty value means unset.
      ...unsafeVariables.map((name) => [name, ""]),
      ...environment.map(({ name, value }) => [name, value]),
    ]),
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${signature}, which replaces it -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${xmlOf(entries)}
</plist>
`;
}

type Value = string | number | boolean | readonly string[] | Dictionary;
interface Dictionary {
  readonly [key: string]: Value;
}

function xmlOf(value: Value): string {
  if (typeof value === "string") return `<string>${escapeXml(value)}</string>`;
  if (typeof value === "number") return `<integer>${value}</integer>`;
  if (typeof value === "boolean") return value ? "<true/>" : "<false/>";
  if (isList(value)) return `<array>\n${value.map(xmlOf).join("\n")}\n</array>`;
  const entries = Object.entries(value).map(([key, each]) => `<key>${escapeXml(key)}</key>\n${xmlOf(each)}`);
  return `<dict>\n${entries.join("\n")}\n</dict>`;
}

const isList = (value: object): value is readonly string[] => Array.isArray(value);

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

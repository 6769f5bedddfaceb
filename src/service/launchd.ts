import type { RunProgram } from "../process/run-program.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { launchdPlist, plistPath } from "./launchd-plist.ts";
import type { ServiceManager } from "./manager.ts";
import { nameOf, type Service } from "./service.ts";

export function launchd(service: Pick<Service, "isSystem" | "account">, run: RunProgram): ServiceManager {
  const { isSystem, account } = service;
  const path = plistPath(service);
  const label = nameOf(service);
  // gui: of a user who is logged in at the machine; user: of a user who is logged in by ssh only, who has no gui domain.
  const domains = isSystem ? ["system"] : [`gui/${account.uid}`, `user/${account.uid}`];

  /** The domain that knows the service, and what it prints about it. */
  async function find(): Promise<{ readonly domain: string; readonly output: string } | undefined> {
    for (const domain of domains) {
      const { exitCode, stdout } = await run("launchctl", ["print", `${domain}/${label}`]);
      if (exitCode === 0) return { domain, output: stdout };
    }
    return undefined;
  }

  async function stop(): Promise<void> {
    const found = await find();
    if (found) await run("launchctl", ["bootout", `${found.domain}/${label}`]);
  }

  return {
    path,
    text: launchdPlist,
    async require() {
      const { isMissing } = await run("launchctl", ["version"]);
      if (isMissing) throw new Failure("NO_LAUNCHD", "launchctl is missing", "put /bin on the PATH");
    },
    async start(isChanged) {
      if (!isChanged && (await find())) return;
      await stop();
      let output = "";
      for (const domain of domains) {
        await run("launchctl", ["enable", `${domain}/${label}`]);
        const began = await run("launchctl", ["bootstrap", domain, path]);
        if (began.exitCode === 0) return;
        output ||= began.message;
      }
      throw new Failure(
        "SERVICE_FAILED",
        `${label} did not start: ${foreignText(output)}`,
        `see 'plutil -lint ${path}'`,
      );
    },
    stop,
    async forget() {},
    async state() {
      const found = await find();
      if (!found) return { isRunning: false, line: `${label}: not loaded` };
      const [, state = "unknown"] = /^\s*state = (.+)$/m.exec(found.output) ?? [];
      const [, pid] = /^\s*pid = (\d+)$/m.exec(found.output) ?? [];
      return { isRunning: state === "running", line: `${label}: ${state}${pid ? `, process ${pid}` : ""}` };
    },
    async notes() {
      return [];
    },
  };
}

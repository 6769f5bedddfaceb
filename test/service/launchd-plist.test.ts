import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { launchdPlist, plistPath } from "../../src/service/launchd-plist.ts";
import { unsafeVariables } from "../../src/service/runtime-variables.ts";
import type { Service } from "../../src/service/service.ts";
import { needs } from "../support/e2e/needs.ts";
import { serviceOf } from "./services.ts";

const script =
  "import json, plistlib, sys; print(json.dumps([plistlib.loads(each.encode()) for each in json.load(sys.stdin)]))";

/** Parses a property list with another program. */
function parsed(services: readonly Service[]): Record<string, unknown>[] {
  const input = JSON.stringify(services.map(launchdPlist));
  const { stdout, stderr, status } = spawnSync("/usr/bin/python3", ["-c", script], {
    input,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Variables that change the runtime, or open a debugger. */
const empty = Object.fromEntries(unsafeVariables.map((name) => [name, ""]));

describe("launchdPlist", () => {
  needs("python3");

  it("is an agent that starts at login and after a failure, and writes no core dump", () => {
    const [plist] = parsed([serviceOf()]);
    assert.deepEqual(plist, {
      Label: "docker-credential-ecr",
      ProgramArguments: ["/usr/local/bin/docker-credential-ecr", "daemon", "--splay", "2m"],
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 30,
      ProcessType: "Background",
      Umask: 63,
      SoftResourceLimits: { Core: 0 },
      HardResourceLimits: { Core: 0 },
      EnvironmentVariables: empty,
      StandardOutPath: "/home/ci/Library/Logs/docker-credential-ecr.log",
      StandardErrorPath: "/home/ci/Library/Logs/docker-credential-ecr.log",
    });
  });

  it("is a daemon that runs as its user with isSystem", () => {
    const service = serviceOf({ isSystem: true });
    const [plist] = parsed([service]);
    assert.equal(plist?.["UserName"], "ci");
    assert.equal(plist?.["Label"], "docker-credential-ecr-ci");
    assert.equal(plistPath(service), "/Library/LaunchDaemons/docker-credential-ecr-ci.plist");
    assert.equal(plistPath(serviceOf()), "/home/ci/Library/LaunchAgents/docker-credential-ecr.plist");
  });

  it("is read back unchanged", () => {
    const text = fc.stringMatching(/^[ -~\u{e9}\u{1f600}]+$/u);
    const services = fc
      .sample(fc.tuple(text, text), 200)
      .map(([program, value]) =>
        serviceOf({ program: `/${program}`, environment: [{ name: "XDG_STATE_HOME", value }] }),
      );
    for (const [at, plist] of parsed(services).entries()) {
      const service = services[at];
      assert.equal((plist["ProgramArguments"] as string[])[0], service?.program);
      assert.deepEqual(plist["EnvironmentVariables"], {
        ...empty,
        XDG_STATE_HOME: service?.environment[0]?.value,
      });
    }
  });
});

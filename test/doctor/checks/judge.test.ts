import assert from "node:assert/strict";
import type { Reach } from "../../../src/aws/calls/reachability.ts";
import { judgeVariable } from "../../../src/doctor/checks/auth-variable.ts";
import { judgeDaemon } from "../../../src/doctor/checks/daemon.ts";
import { judgeHelper, judgeLogins } from "../../../src/doctor/checks/docker.ts";
import { parseDockerFile } from "../../../src/doctor/checks/docker-file.ts";
import type { Finding } from "../../../src/doctor/checks/finding.ts";
import { judgeDisk, judgeFolder } from "../../../src/doctor/checks/folders.ts";
import * as way from "../../../src/doctor/checks/network.ts";
import { judgePacker } from "../../../src/doctor/checks/packer.ts";
import { judgePodman } from "../../../src/doctor/checks/podman-auth.ts";
import { Failure } from "../../../src/token/failure.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const outcome = ({ status, code }: Finding) => (code ? `${status} ${code}` : status);
const docker = (config: object) => parseDockerFile(JSON.stringify(config), "/h/.docker/config.json");
const login = (text: string) => Buffer.from(`AWS:${text}`).toString("base64");
const until = (end: number) =>
  login(Buffer.from(JSON.stringify({ expiration: end / 1000 })).toString("base64"));

describe("judgeHelper", () => {
  const judge = (config: object, isOurs = false) => outcome(judgeHelper(docker(config), host, isOurs));

  it("uses credHelpers first, like Docker", () => {
    assert.equal(judge({ credsStore: "ecr", credHelpers: { [host]: "pass" } }), "failed WIRED_ELSEWHERE");
    assert.equal(judge({ credsStore: "pass", credHelpers: { [host]: "ecr" } }, true), "ok");
  });

  it("treats an empty entry of credHelpers as no helper", () => {
    assert.equal(judge({ credsStore: "ecr", credHelpers: { [host]: "" } }), "failed NOT_WIRED");
  });

  it("finds no helper in an empty file", () => {
    assert.equal(outcome(judgeHelper(parseDockerFile(undefined, "/x"), host, false)), "failed NOT_WIRED");
    assert.equal(outcome(judgeHelper(parseDockerFile(" \n", "/x"), host, false)), "failed NOT_WIRED");
  });
});

describe("judgeLogins", () => {
  const now = 1_800_000_000_000;
  const judge = (config: object) => judgeLogins(docker(config), host, now);

  it("finds an expired login under each key that Docker uses for the host", () => {
    for (const key of [host, `https://${host}`, `http://${host}/v2/`, `${host}/`]) {
      assert.equal(
        outcome(judge({ auths: { [key]: { auth: until(now - 1000) } } })),
        "failed AUTHS_STALE",
        key,
      );
    }
  });

  it("ignores logins that have not expired, are of unknown age, or empty", () => {
    for (const auth of [until(now + 1000), login("password"), ""]) {
      assert.equal(outcome(judge({ auths: { [host]: { auth } } })), "ok");
    }
    assert.match(judge({ auths: { [host]: { auth: until(now + 1000) } } }).seen, /and Docker uses it/);
  });

  it("finds logins that credsStore hides, except for hosts with their own helper", () => {
    const auths = { "example.com": { auth: login("x") } };
    assert.equal(outcome(judge({ credsStore: "ecr", auths })), "failed AUTHS_HIDDEN");
    assert.equal(outcome(judge({ credsStore: "ecr", auths, credHelpers: { "example.com": "pass" } })), "ok");
    assert.equal(outcome(judge({ credsStore: "pass", auths })), "ok");
    assert.equal(outcome(judge({ credsStore: "ecr", auths: { "example.com": {} } })), "ok");
  });
});

describe("judgeVariable", () => {
  const judge = (text?: string) => outcome(judgeVariable(text, host));
  const auths = (key: string) => JSON.stringify({ auths: { [key]: { auth: login("x") } } });

  it("finds the login of this host, by the key that Docker looks for", () => {
    assert.equal(judge(auths(host)), "failed AUTH_VARIABLE");
    for (const key of [`https://${host}`, `${host}/`, host.toUpperCase(), "example.com"]) {
      assert.equal(judge(auths(key)), "ok", key);
    }
  });

  it("takes what Docker can't read for nothing", () => {
    for (const text of [undefined, "", "{", "[]", "null", '{"auths":{}}']) assert.equal(judge(text), "ok");
  });
});

describe("judgePodman", () => {
  const now = 1_800_000_000_000;
  const stale = { auths: { [host]: { auth: until(now - 1000) } } };
  const fresh = { auths: { [host]: { auth: until(now + 1000) } } };
  const ours = { credHelpers: { [host]: "ecr" } };
  const judge = (configs: readonly object[], more: { isNamed?: boolean; servesAll?: boolean } = {}) => {
    const rest = { isNamed: false, servesAll: false, ...more };
    return outcome(judgePodman({ host, files: configs.map(docker), now, ...rest }));
  };

  it("finds a stale login in a file that is read before this helper's", () => {
    assert.equal(judge([stale]), "failed PODMAN_LOGIN_STALE");
    assert.equal(judge([stale, ours]), "failed PODMAN_LOGIN_STALE");
    assert.equal(judge([{}, stale]), "failed PODMAN_LOGIN_STALE");
  });

  it("leaves one that is read after it, or is not over", () => {
    assert.equal(judge([ours, stale]), "ok");
    assert.equal(judge([{ ...ours, ...stale }]), "ok");
    assert.equal(judge([fresh, stale]), "ok");
  });

  it("finds that the one file that is named has nothing for the host", () => {
    assert.equal(judge([{}], { isNamed: true }), "failed REGISTRY_AUTH_FILE");
    assert.equal(judge([], { isNamed: true }), "failed REGISTRY_AUTH_FILE");
    assert.equal(judge([ours], { isNamed: true }), "ok");
    assert.equal(judge([fresh], { isNamed: true }), "ok");
    assert.equal(judge([{}], { isNamed: true, servesAll: true }), "ok");
    assert.equal(judge([{}]), "ok");
  });
});

describe("judgePacker", () => {
  const file = docker({ credHelpers: { [host]: "ecr" } });
  const judge = (plugins: readonly string[], isSet = false) =>
    outcome(judgePacker({ file, isSet, usual: undefined, plugins }));

  it("knows which plugins ignore helpers", () => {
    for (const version of ["1.0.5", "1.0.10", "1.1.0", "2.0.0"])
      assert.equal(judge([version]), "failed PACKER_DOCKER_CONFIG", version);
    for (const version of ["1.0.4", "0.9.9"]) assert.equal(judge([version]), "ok", version);
    assert.equal(judge(["1.0.1", "1.0.9"]), "failed PACKER_DOCKER_CONFIG");
    assert.equal(judge(["1.0.9"], true), "ok");
    assert.equal(judge([]), "skipped");
  });
});

describe("judgeFolder and judgeDisk", () => {
  const folder = (more: object) =>
    outcome(judgeFolder("/s", { mode: 0o40700, uid: 1, isFolder: true, ...more }, 1));
  const room = { path: "/s", free: 1e9, isOutOfFiles: false, refusal: undefined };

  it("accepts only a folder that no other user can enter", () => {
    assert.equal(folder({}), "ok");
    for (const more of [{ mode: 0o40710 }, { mode: 0o40701 }, { uid: 0 }, { isFolder: false }])
      assert.equal(folder(more), "failed STATE_FOLDER");
    assert.equal(outcome(judgeFolder("/s", "absent", 1)), "ok");
    assert.equal(outcome(judgeFolder("/s", "unreadable", 1)), "failed STATE_FOLDER");
  });

  it("distinguishes a disk that is full, without free inodes, read-only, and not writable", () => {
    assert.equal(outcome(judgeDisk(room)), "ok");
    assert.equal(outcome(judgeDisk({ ...room, free: 1000 })), "failed DISK_FULL");
    assert.equal(outcome(judgeDisk({ ...room, isOutOfFiles: true })), "failed DISK_FULL");
    assert.equal(outcome(judgeDisk({ ...room, refusal: "EROFS" })), "failed DISK_READ_ONLY");
    assert.equal(outcome(judgeDisk({ ...room, refusal: "EACCES" })), "failed DISK_REFUSED");
  });
});

describe("judgeDaemon", () => {
  const now = 1_800_000_000_000;
  const beat = (ago: number, pid?: number) =>
    ({ format: 1, lastTickAt: now - ago, state: {}, ...(pid && { pid }) }) as const;

  it("fails only if a daemon should run", () => {
    assert.equal(outcome(judgeDaemon(undefined, now, false)), "skipped");
    assert.equal(outcome(judgeDaemon(beat(1e7), now, false)), "skipped");
    assert.equal(outcome(judgeDaemon(beat(1000, 7), now, true)), "ok");
    assert.equal(outcome(judgeDaemon(beat(1000, 7), now, false)), "failed DAEMON_DEAD");
    assert.equal(outcome(judgeDaemon(beat(1e6, 7), now, false)), "failed DAEMON_DEAD");
    assert.equal(outcome(judgeDaemon(beat(1e6, 7), now, true)), "failed DAEMON_HANGS");
    assert.equal(outcome(judgeDaemon(beat(-1e6, 7), now, true)), "failed DAEMON_HANGS");
  });
});

describe("the network checks", () => {
  const judges = { proxy: way.judgeProxy, certificates: way.judgeCertificates, api: way.judgeApi };
  const all = (reach: Reach): Readonly<Record<string, string>> => ({
    ...Object.fromEntries(Object.entries(judges).map(([name, judge]) => [name, outcome(judge(reach))])),
    dns: outcome(way.judgeDns(reach, ["10.0.0.1"])),
    clock: outcome(way.judgeClock(reach)),
  });
  const fine = { proxy: "ok", certificates: "ok", dns: "ok", api: "ok", clock: "ok" };
  const answer = { status: 400, clockSkew: 0 };
  const failure = new Failure("DNS", "what", "fix");

  it("are all OK if there is an answer", () => {
    assert.deepEqual(all({ host: "api", answer }), fine);
    assert.deepEqual(all({ host: "api", proxy: "p:1", answer }), { ...fine, dns: "skipped" });
  });

  it("fail at the step that failed; later steps fail in the last check", () => {
    for (const link of ["proxy", "certificates", "dns", "api"] as const) {
      const found = all({ host: "api", broken: { link, failure } });
      assert.equal(found[link], "failed DNS");
      assert.equal(found.clock, "skipped");
      const failing = Object.entries(found).filter(([, each]) => each.startsWith("failed"));
      assert.deepEqual(failing.map(([name]) => name).toSorted(), [...new Set([link, "api"])].toSorted());
    }
  });

  it("report an invalid endpoint in the last check", () => {
    const found = all({ broken: { link: "endpoint", failure } });
    assert.deepEqual(found, {
      proxy: "skipped",
      certificates: "skipped",
      dns: "skipped",
      api: "failed DNS",
      clock: "skipped",
    });
  });

  it("fail with five minutes of skew, in both directions", () => {
    const judge = (clockSkew: number) => way.judgeClock({ host: "api", answer: { status: 200, clockSkew } });
    assert.equal(outcome(judge(299_000)), "ok");
    assert.match(judge(299_000).seen, /^4m behind AWS$/);
    assert.equal(outcome(judge(300_000)), "failed CLOCK_SKEW");
    assert.match(judge(-300_000).seen, /5m ahead of AWS/);
  });

  it("report the kind of address", () => {
    assert.match(
      way.judgeDns({ host: "api", answer }, ["10.1.2.3", "10.1.2.4"]).seen,
      /and 1 more, a private/,
    );
    assert.doesNotMatch(way.judgeDns({ host: "api", answer }, ["3.4.5.6"]).seen, /private/);
    assert.equal(way.judgeDns({ host: "127.0.0.1:1", answer }, []).status, "skipped");
  });
});

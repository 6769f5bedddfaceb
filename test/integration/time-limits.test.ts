import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Ran } from "../support/program/run.ts";
import { beginSlowCases, slowCase } from "../support/program/slow-cases.ts";
import {
  ciRole,
  keys,
  member,
  OpenStanding,
  publicRegistry,
  type Route,
  registry,
} from "../support/program/standing.ts";
import { hour, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, notFound, told } from "../support/program/verdicts.ts";

/** Milliseconds, start included. */
const limits = {
  whole: 20_000,
  /** Where a valid token lies ready: 5 seconds, and what a busy machine takes. */
  shortDeadline: 10_000,
  /** 3 seconds, and the same. */
  instanceMetadata: 10_000,
};

const opened: OpenStanding[] = [];
// Of the whole run: these cases begin before this file's turn.
after(() => Promise.all(opened.map((standing) => standing.close())));

describe("hanging or slow servers", function () {
  this.timeout(120_000);
  before(beginSlowCases);

  function slowly(what: string, act: (standing: OpenStanding) => Promise<void>, route: Route = "endpoint") {
    const outcome = slowCase(async () => {
      const standing = await OpenStanding.start({}, route);
      opened.push(standing);
      await act(standing);
    });
    it(what, outcome);
  }

  function within(limit: number, ran: Ran): Ran {
    assert.ok(ran.tookMs < limit, `${Math.round(ran.tookMs)} ms, of ${limit} at most`);
    return ran;
  }

  /** Somebody whose token has half an hour left. */
  async function aged(user: User): Promise<string> {
    const secret = answered(await user.get(registry), registry);
    passTime(user, 11.5 * hour);
    return secret;
  }

  slowly("ECR hangs: a get ends with the reason", async (standing) => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.hang("GetAuthorizationToken");
    const host = new URL(standing.aws.urls.tls).host;
    told(
      within(limits.whole, await alice.get(registry)),
      "TIMEOUT",
      registry,
      "keys in the environment",
      host,
    );
  });

  slowly("ECR hangs: all of several gets end with the reason", async (standing) => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.hang("GetAuthorizationToken");
    const all = await Promise.all([1, 2, 3, 4].map(() => alice.get(registry)));
    for (const ran of all) told(within(limits.whole, ran), "TIMEOUT", registry);
  });

  slowly(
    "ECR hangs: a valid stored token is returned, and the next time without a request",
    async (standing) => {
      const alice = standing.user(keys("alice"));
      const secret = await aged(alice);
      standing.aws.controls.hang("GetAuthorizationToken");
      assert.equal(answered(within(limits.shortDeadline, await alice.get(registry)), registry), secret);
      const calls = standing.calls();
      assert.equal(answered(await alice.get(registry), registry), secret);
      assert.equal(standing.calls(), calls);
    },
  );

  slowly("ECR is slow: a get waits for it", async (standing) => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.latency("GetAuthorizationToken", 3_000);
    answered(await alice.get(registry), registry);
  });

  slowly("ECR accepts the connection and no more", async (standing) => {
    const mute = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const alice = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL: `https://127.0.0.1:${mute.port}` });
    const ran = await alice.get(registry);
    mute.stop(true);
    told(within(limits.whole, ran), "TIMEOUT", registry, `127.0.0.1:${mute.port}`);
  });

  slowly("ECR's answer breaks off in its middle", async (standing) => {
    const head =
      "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 3000\r\n\r\n{";
    const half = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void socket.write(head) },
    });
    const alice = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL: `http://127.0.0.1:${half.port}` });
    const ran = await alice.get(registry);
    half.stop(true);
    told(within(limits.whole, ran), "TIMEOUT", registry, `127.0.0.1:${half.port}`);
  });

  slowly("another helper hangs: a get ends with the reason", async (standing) => {
    const alice = standing.user(keys("alice"));
    chmodSync(alice.write("bin/docker-credential-stub", "#!/bin/sh\nsleep 30\n"), 0o755);
    alice.write(configPath, "version: 1\nfallback: stub\n");
    const env = { PATH: `${alice.home}/bin:/usr/bin:/bin` };
    told(
      within(limits.whole, await alice.get("ghcr.io", { env })),
      "FALLBACK_TIMEOUT",
      "docker-credential-stub",
    );
  });

  slowly("STS hangs", async (standing) => {
    const user = standing.user({ AWS_PROFILE: "role" });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    standing.aws.controls.hang("AssumeRole");
    told(within(limits.whole, await user.get(registry)), "TIMEOUT", registry, "profile role");
  });

  slowly("IMDS hangs: there are no credentials, soon", async (standing) => {
    standing.aws.controls.hang("Imds*");
    const ran = within(limits.instanceMetadata, await standing.user().get(registry));
    told(ran, "NO_CREDENTIALS", registry, "the default AWS credential chain");
  });

  slowly("IMDS hangs in the middle of the talk", async (standing) => {
    standing.aws.controls.hang("ImdsCredentials");
    told(within(limits.instanceMetadata, await standing.user().get(registry)), "NO_CREDENTIALS", registry);
  });

  slowly("IMDS hangs: public images are pulled anonymously, soon", async (standing) => {
    standing.aws.controls.hang("Imds*");
    notFound(within(limits.instanceMetadata, await standing.user().get(publicRegistry)));
  });

  slowly("IMDS hangs: a valid token is handed out", async (standing) => {
    const user = standing.user();
    const secret = await aged(user);
    standing.aws.controls.hang("Imds*");
    assert.equal(answered(within(limits.instanceMetadata, await user.get(registry)), registry), secret);
  });

  slowly("the container's endpoint hangs", async (standing) => {
    const url = `${standing.aws.urls.container}/credentials`;
    const user = standing.user({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
    standing.aws.controls.hang("ContainerCredentials");
    told(within(limits.whole, await user.get(registry)), "TIMEOUT", registry, new URL(url).host);
  });

  slowly("a credential_process hangs: it is ended, with what it started", async (standing) => {
    const user = standing.user({ AWS_PROFILE: "process" });
    const script = user.write("process.sh", 'echo $$ >"$HOME/pid"; sleep 40; echo\n');
    user.writeAwsConfig({ "profile process": { credential_process: `sh ${script}` } });
    const ran = await user.get(registry);
    told(within(limits.whole, ran), "TIMEOUT", registry, "credential_process", "profile process");
    const pid = Number(readFileSync(join(user.home, "pid"), "utf8"));
    await eventually("the end of the credential_process", () => !isAlive(pid));
  });

  slowly(
    "a proxy hangs",
    async (standing) => {
      const alice = standing.user(keys("alice"));
      standing.aws.controls.hang("Connect");
      told(
        within(limits.whole, await alice.get(registry)),
        "TIMEOUT",
        registry,
        new URL(standing.aws.urls.proxy).host,
      );
    },
    "proxy",
  );

  for (const [what, isAged, limit] of [
    ["others get a token anyway", false, limits.whole],
    ["others get the valid stored one, or a better one, soon", true, limits.shortDeadline],
  ] as const) {
    slowly(`a get that was stopped while it asked: ${what}`, async (standing) => {
      const alice = standing.user(keys("alice"));
      if (isAged) await aged(alice);
      standing.aws.controls.hang("GetAuthorizationToken", { times: 1 });
      const asked = () => standing.aws.controls.log().find(({ outcome }) => outcome === "hang");
      const first = alice.start(["get"], { input: registry });
      await eventually("the first one's call", asked);
      first.kill("SIGSTOP");
      const others = await Promise.all([1, 2, 3].map(() => alice.get(registry)));
      for (const ran of others) answered(within(limit, ran), registry);
      first.kill("SIGKILL");
      await first.ended;
    });
  }

  slowly("a few throttled calls are tried again", async (standing) => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.throttle("GetAuthorizationToken", { times: 2 });
    answered(await alice.get(registry), registry);
    assert.equal(standing.count("GetAuthorizationToken"), 3);
  });

  slowly("throttled for good: a get says so, and what to do", async (standing) => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.throttle("GetAuthorizationToken");
    const ran = within(limits.whole, await alice.get(registry));
    told(ran, "THROTTLED", registry, "too many requests", "try again");
  });

  slowly("throttled for good: a valid token is handed out", async (standing) => {
    const alice = standing.user(keys("alice"));
    const secret = await aged(alice);
    standing.aws.controls.throttle("GetAuthorizationToken");
    assert.equal(answered(within(limits.shortDeadline, await alice.get(registry)), registry), secret);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

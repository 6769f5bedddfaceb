import { type RegistryLogin, requestRegistry } from "../../aws/calls/registry-request.ts";
import { readClock } from "../../store/files/clock.ts";
import { decryptCachedCredential } from "../../store/tokens/open-sealed.ts";
import { TokenStore } from "../../store/tokens/token-store.ts";
import { readCachedCredential } from "../../store/tokens/warm-get.ts";
import { readableDuration } from "../../terminal/words.ts";
import { timeLeft } from "../../token/life.ts";
import type { CheckRun } from "./check-run.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { failed, ok, skipped } from "./finding.ts";
import { explain, type Sent } from "./registry-error.ts";

const fresh: Sent = {
  words: "the token that AWS has just given",
  fix: "see that AWS_ENDPOINT_URL and its like lead to this registry's region; then try again",
};

const needs = ["registry-name", "config", "api", "identity", "token"];

/** Whether the registry takes the token that AWS has just given. */
export const registry: RegistryDiagnostic = {
  name: "registry",
  scope: "registry",
  needs,
  look: async (checkRun, signal) => {
    const login = loginOf(checkRun);
    const answer = await requestRegistry(await checkRun.request(signal), "/v2/", login);
    if (answer.status !== 200) return explain(answer, checkRun.registry, fresh);
    return ok(login ? "takes the token that AWS has just given" : "answers without a login");
  },
};

/** Whether it takes what a `get` would hand out now. */
export const storedToken: RegistryDiagnostic = {
  name: "stored-token",
  scope: "registry",
  needs: ["registry-name", "config", "api"],
  look: async (checkRun, signal) => {
    const { machine, host } = checkRun;
    const { files, folders, env, now } = machine;
    const aside = await leftAside(checkRun);
    if (aside !== undefined) {
      return failed("STATE_FILE", aside, `remove the file, or run: docker logout ${host}`);
    }
    const found = readCachedCredential(files, folders.state, host, env, now());
    if (!found) return skipped("none lies ready: the next get asks AWS");
    const held = "sealed" in found ? await decryptCachedCredential(files, env.XDG_RUNTIME_DIR, found) : found;
    if (!held)
      return skipped("it is encrypted, and its key lies in the keychain alone: the next get asks for it");
    const isLogin = !("authorization" in held);
    const words = isLogin ? "the login that 'docker login' stored" : "the token that lies ready";
    const answer = await requestRegistry(await checkRun.request(signal), "/v2/", held);
    const left = readableDuration(timeLeft(held.life, readClock(files, now())));
    if (answer.status === 200) return ok(`${words} is taken; ${left} left`);
    const finding = explain(answer, checkRun.registry, { words, fix: `docker logout ${host}` });
    if (!finding.code?.startsWith("TOKEN_")) return finding;
    if (!isLogin) {
      return { ...finding, code: "TOKEN_DEAD", seen: `${finding.seen}; by its own word it has ${left} left` };
    }
    return failed("LOGIN_DEAD", `${finding.seen}; it answers for ${left} more`, `docker logout ${host}`);
  },
};

/** Files of this registry's that a `get` passes over, and why. */
async function leftAside({ machine, host }: CheckRun): Promise<string | undefined> {
  const lines: string[] = [];
  const report = (line: string) => {
    // Not that an encrypted one can't be opened here.
    if (line.startsWith("STATE_FILE")) lines.push(line);
  };
  const store = new TokenStore(machine.folders.state, report, { isReadOnly: true });
  await store.readLogin(host);
  await store.readRegistry(host);
  return lines[0]?.replace(/^STATE_FILE /, "");
}

/**
 * The image itself, as a pull begins. Under a pull-through cache rule this has ECR fetch it from upstream, as the
 * pull would.
 */
export const image: RegistryDiagnostic = {
  name: "image",
  scope: "registry",
  needs: [...needs, "registry"],
  look: async (checkRun, signal) => {
    const { subject } = checkRun;
    if (subject.kind !== "ecr" || !subject.image) return skipped("no image was named");
    const { repository, reference } = subject.image;
    const path = `/v2/${repository}/manifests/${reference}`;
    const answer = await requestRegistry(await checkRun.request(signal), path, loginOf(checkRun));
    if (answer.status !== 200) return explain(answer, checkRun.registry, fresh);
    return ok(`can be pulled${answer.digest ? `: ${answer.digest}` : ""}`);
  },
};

function loginOf({ token }: CheckRun): RegistryLogin | undefined {
  return token && { username: token.username, secret: token.password };
}

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
import { explainError, type SentLogin } from "./registry-error.ts";

const fresh: SentLogin = {
  words: "the token that AWS has just returned",
  fix: "check that AWS_ENDPOINT_URL and similar variables name this registry's region; then try again",
};

const needs = ["registry-name", "config", "api", "identity", "token"];

/** Whether the registry accepts the token that AWS has just returned. */
export const registry: RegistryDiagnostic = {
  name: "registry",
  scope: "registry",
  needs,
  look: async (checkRun, signal) => {
    const login = loginOf(checkRun);
    const answer = await requestRegistry(await checkRun.request(signal), "/v2/", login);
    if (answer.status !== 200) return explainError(answer, checkRun.registry, fresh);
    return ok(login ? "accepts the token that AWS has just returned" : "answers without a login");
  },
};

/** Whether it accepts the token that a `get` would return now. */
export const storedToken: RegistryDiagnostic = {
  name: "stored-token",
  scope: "registry",
  needs: ["registry-name", "config", "api"],
  look: async (checkRun, signal) => {
    const { machine, host } = checkRun;
    const { files, folders, env, now } = machine;
    const ignoredFile = await ignoredFileOf(checkRun);
    if (ignoredFile !== undefined) {
      return failed("STATE_FILE", ignoredFile, `remove the file, or run: docker logout ${host}`);
    }
    const cached = readCachedCredential(files, folders.state, host, env, now());
    if (!cached) return skipped(await whyNone(checkRun));
    const credential =
      "sealed" in cached ? await decryptCachedCredential(files, env.XDG_RUNTIME_DIR, cached) : cached;
    if (!credential)
      return skipped(
        "it is encrypted, and its key is only in the keychain, from which the next get reads it",
      );
    const isLogin = !("authorization" in credential);
    const words = isLogin ? "the login that 'docker login' stored" : "the stored token";
    const answer = await requestRegistry(await checkRun.request(signal), "/v2/", credential);
    const left = readableDuration(timeLeft(credential.life, readClock(files, now())));
    if (answer.status === 200) return ok(`${words} is accepted; ${left} left`);
    const finding = explainError(answer, checkRun.registry, { words, fix: `docker logout ${host}` });
    if (!finding.code?.startsWith("TOKEN_")) return finding;
    if (!isLogin) {
      return { ...finding, code: "TOKEN_DEAD", seen: `${finding.seen}; by its expiry it has ${left} left` };
    }
    return failed("LOGIN_DEAD", `${finding.seen}; it is used for ${left} more`, `docker logout ${host}`);
  },
};

/** Why a `get` returns no stored token at once. A token is checked again after each edit of config.yaml or the AWS files. */
async function whyNone({ machine, host }: CheckRun): Promise<string> {
  const { files, store, now } = machine;
  const stored = await store.readRegistry(host);
  const left = stored ? timeLeft(stored.life, readClock(files, now())) : 0;
  if (left <= 0) return "none is stored: the next get fetches one";
  return "what it depends on has changed: the next get uses it if its identity is still the same";
}

/** The first file of this registry that a `get` ignores, and why. */
async function ignoredFileOf({ machine, host }: CheckRun): Promise<string | undefined> {
  const lines: string[] = [];
  const report = (line: string) => {
    // Other lines are ignored: an encrypted file can't be decrypted here.
    if (line.startsWith("STATE_FILE")) lines.push(line);
  };
  const store = new TokenStore(machine.folders.state, report, { isReadOnly: true });
  await store.readLogin(host);
  await store.readRegistry(host);
  return lines[0]?.replace(/^STATE_FILE /, "");
}

/**
 * Requests the image's manifest, as a pull does at first. Under a pull-through cache rule ECR then fetches it from
 * upstream, as for the pull.
 */
export const image: RegistryDiagnostic = {
  name: "image",
  scope: "registry",
  needs: [...needs, "registry"],
  look: async (checkRun, signal) => {
    const { target } = checkRun;
    if (target.kind !== "ecr" || !target.image) return skipped("no image was named");
    const { repository, reference } = target.image;
    const path = `/v2/${repository}/manifests/${reference}`;
    const answer = await requestRegistry(await checkRun.request(signal), path, loginOf(checkRun));
    if (answer.status !== 200) return explainError(answer, checkRun.registry, fresh);
    return ok(`can be pulled${answer.digest ? `: ${answer.digest}` : ""}`);
  },
};

function loginOf({ token }: CheckRun): RegistryLogin | undefined {
  return token && { username: token.username, secret: token.password };
}

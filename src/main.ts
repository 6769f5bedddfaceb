import { foldersOf, homeOf } from "./config/folders.ts";
import { type HelperAction, isHelperAction, waitedTime } from "./protocol/messages.ts";
import { type Reply, toReply } from "./protocol/reply.ts";
import { type HelperBackends, type HelperPorts, type StoredToken, serve } from "./protocol/serve.ts";
import { type FastFiles, folderOf, isClosed, isThere } from "./store/files/fast-files.ts";
import { openFastFiles } from "./store/files/open-fast-files.ts";
import { keychainMarkPath } from "./store/files/paths.ts";
import { keychainArgument } from "./store/keychain/keychain.ts";
import { type EncryptedCredential, readCachedCredential } from "./store/tokens/warm-get.ts";
import { Failure } from "./token/failure.ts";

const { env } = process;

async function main(args: readonly string[]): Promise<number> {
  // This program creates files with their mode. A umask may not take the permissions of their owner away.
  process.umask(process.umask() & 0o077);
  const [action] = args;
  // Without the native front nothing has taken it away, and a debugger is open that other users can reach.
  if (env.BUN_INSPECT && action !== "daemon") return again(args);
  const waited = waitedTime(args);
  if (waited !== undefined && isHelperAction(action)) return help(action, longestGet - waited);
  if (args.length === 1 && action === keychainArgument) {
    await (await import("./store/keychain/service.ts")).serveKeychain();
    return 0;
  }
  const { run } = await import("./commands/run.ts");
  const home = await homeOf(env);
  const { debuggerVariables } = await import("./service/runtime-variables.ts");
  const debuggers = debuggerVariables(env);
  return run(args, givenEnvironment(home), home, debuggers);
}

/** Has another process of this program do it, without Bun's variables: this one holds no secret then. */
function again(args: readonly string[]): number {
  const { exitCode } = Bun.spawnSync([process.execPath, ...args], {
    env: withoutBun({ ...env }),
    stdio: ["inherit", "inherit", "inherit"],
  });
  // null: a signal has ended it.
  return exitCode ?? 1;
}

/** Milliseconds from the start of a `get` until its answer. All of it ends within 20 seconds. */
const longestGet = 19_000;
/** Milliseconds after which the kernel ends a `get` that can't end itself: native/deadline.c. */
const wholeGet = 20_000;
/** Milliseconds by which failures of single steps, which have a better reason, come before that of the whole. */
const grace = 400;

/**
 * Docker's protocol.
 *
 * @param longest milliseconds of `performance.now` at which a `get` must have its answer
 */
async function help(action: HelperAction, longest: number): Promise<number> {
  const until = action === "get" ? longest : Number.POSITIVE_INFINITY;
  const home = await homeOf(env);
  const files = await openFastFiles();
  if (action === "get") files.endWithin?.(wholeGet);
  const folders = foldersOf(env, home, files);
  const reopen = async () => (await import("./store/files/folder.ts")).reopenFolders(folders.state);
  let cold: HelperPorts | undefined;
  const backends: HelperBackends = {
    warm: {
      warm: (host) => {
        const found = readCachedCredential(files, folders.state, host, env, Date.now());
        return found && "sealed" in found ? opened(found, files) : found;
      },
      isConfigured: async () => {
        if (isThere(files, folders.configFile)) return true;
        return !(await (await import("./config/absence.ts")).isWithoutConfig(folders));
      },
      isMarked: async (server) => {
        const mark = keychainMarkPath(folders.state, server);
        if (isThere(files, mark) || isClosed(files, folderOf(mark))) {
          const { isForeignStore } = await import("./logins/foreign-store.ts");
          return !(await isForeignStore(folderOf(mark)));
        }
        if (isThere(files, `${folders.state}/.`)) return false;
        const { unreachableLogins } = await import("./config/state-reach.ts");
        return (await unreachableLogins(folders.state, "keychain")) !== undefined;
      },
    },
    cold: async () => {
      const { createHelperPorts } = await import("./provider/helper-ports.ts");
      if (!cold) await reopen();
      cold ??= createHelperPorts(files, givenEnvironment(home), home, folders, Date.now, until);
      return cold;
    },
    others: async () => {
      const { otherLogins } = await import("./logins/choose.ts");
      await reopen();
      return otherLogins(givenEnvironment(home), folders, Date.now, until);
    },
  };
  const answer = serve(action, () => readInput(files, until), backends);
  const reply = action === "get" ? await Promise.race([answer, lateReply(until)]) : await answer;
  await print(reply, files);
  if (action === "get" && reply.failure) await logFailure(folders.state, reply.failure);
  await cold?.tidy();
  return reply.exitCode;
}

/** Some clients show the user neither the stdout nor the stderr of a helper. */
async function logFailure(state: string, { oneLine }: Failure): Promise<void> {
  const { appendLog } = await import("./store/files/log.ts");
  appendLog(state, Date.now(), `a get failed: ${oneLine}`);
}

async function opened(found: EncryptedCredential, files: FastFiles): Promise<StoredToken | undefined> {
  const { decryptCachedCredential } = await import("./store/tokens/open-sealed.ts");
  return decryptCachedCredential(files, env.XDG_RUNTIME_DIR, found);
}

/** The reply to a `get` that hangs in a step without a time limit of its own. */
async function lateReply(until: number): Promise<Reply> {
  // A stored token is returned even if nothing is left of the time.
  await Bun.sleep(Math.max(grace, until + grace - performance.now()));
  const fix = "see whether the disk, a file or the network hangs, then try again";
  return toReply(new Failure("GET_TIMEOUT", "no answer within the time that a get may take", fix));
}

async function readInput(files: FastFiles, until: number): Promise<string> {
  const { bytes, isWhole, isLate } = files.readInput(until);
  if (isWhole) return new TextDecoder().decode(bytes);
  const { readRest } = await import("./process/stdin.ts");
  const rest = await readRest(isLate ? 0 : until - performance.now());
  return new TextDecoder().decode(Buffer.concat([bytes, rest]));
}

/** A token that the caller did not get is a failure. @throws Failure STDOUT_WRITE */
async function print({ stdout, stderr, failure }: Reply, files?: FastFiles): Promise<void> {
  if (stderr !== "") {
    const { printToStderr } = await import("./terminal/stderr.ts");
    // Both are the same screen: once is enough, in the form for a reader.
    if (failure && process.stdout.isTTY && process.stderr.isTTY) {
      const { failureText } = await import("./terminal/failure-lines.ts");
      return printToStderr(failureText(failure, env));
    }
    printToStderr(stderr);
  }
  const bytes = new TextEncoder().encode(stdout);
  const written = bytes.length === 0 ? 0 : (files?.writeOutput(bytes) ?? 0);
  if (written === bytes.length) return;
  (await import("./terminal/stdout.ts")).printBytes(bytes, written);
}

/**
 * The original environment, on which tokens depend. The AWS SDK reads HOME from the process's environment, and fails
 * without it if the user has no account, so HOME is set there.
 */
function givenEnvironment(home: string | undefined): NodeJS.ProcessEnv {
  const given = { ...withoutBun(env) };
  env.HOME = home || "/";
  // With these, the runtime would print warnings, and debug output could contain secrets.
  for (const name of ["NODE_DEBUG", "NODE_TLS_REJECT_UNAUTHORIZED"]) delete env[name];
  return given;
}

/** Takes out what would make another Bun program, a credential_process say, load code: BUN_OPTIONS, BUN_INSPECT… */
function withoutBun(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  for (const name of Object.keys(environment)) if (name.startsWith("BUN_")) delete environment[name];
  return environment;
}

let exitCode = 1;
try {
  exitCode = await main(process.argv.slice(2));
} catch (error) {
  // If stdout failed, stderr has the reason.
  await print(toReply(error)).catch(() => undefined);
}
process.exit(exitCode);

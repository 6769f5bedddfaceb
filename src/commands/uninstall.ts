import type { Fallback } from "../config/config.ts";
import type { Folders } from "../config/folders.ts";
import { readConfig } from "../config/read.ts";
import { assertNoOtherLogin } from "../configure/other-login.ts";
import { recordsIn } from "../configure/undo-record.ts";
import { FileLogins } from "../logins/encrypted-file.ts";
import { markedServers } from "../logins/keychain-marks.ts";
import { daemonHealth, healthLine } from "../managed/daemon-health.ts";
import { explicitLogin } from "../managed/logins.ts";
import { outputsWithTokens, removeFromOutputs } from "../outputs/outputs.ts";
import { type AppContext, createAppContext } from "../provider/context.ts";
import { readRefresher } from "../store/state/refresher-state.ts";
import { clusterRecords } from "../store/state/secret-records.ts";
import type { Context } from "../terminal/command-context.ts";
import { plural } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { isoTime } from "../token/iso-time.ts";

/** Exit code if something was left behind and listed. */
const somethingLeft = 3;

/**
 * The cleanup that `install.sh --uninstall` needs before it removes the state folder: removes tokens from the files of
 * `outputs`, which could not be distinguished from others later, and lists what it can't remove.
 *
 * @throws Failure LOGINS_KEPT if that folder is the only place of a login, LOGIN_KEY, LOGIN_UNREADABLE if a file of a login
 * can't be read; then nothing was done
 */
export async function cleanUp(dryRun: boolean, context: Context): Promise<void> {
  const { env, home, print, printError, exitWith } = context;
  const app = await createAppContext(env, home);
  const { state } = app.folders;
  const isRestored = await restoredLogins(app.folders);
  const files = new FileLogins(state, app.log);
  const stored = await files.servers();
  const marked = await markedServers(state);
  const inFiles = stored.filter((server) => !isRestored(server, "file"));
  if (inFiles.length > 0) throw loginsLost(inFiles);
  await assertNoOtherLogin(state, stored, files);
  const reportLeft = (line: string) => {
    printError(line);
    exitWith(somethingLeft);
  };

  // A service has been stopped by now, but not in a dry run.
  const health = await daemonHealth(state, await readRefresher(state), app.now());
  if (health.running && !dryRun) reportLeft(`${healthLine(health)}: end it, or it writes tokens again`);
  if (dryRun) {
    for (const path of await outputsWithTokens(state)) print(`${path}: tokens would be removed`);
  } else {
    for (const { path, failure } of await removeFromOutputs(state)) {
      if (failure) reportLeft(`tokens are left in ${path}: ${failure.oneLine}`);
      else print(`${path}: tokens were removed`);
    }
  }
  for (const { secrets } of await clusterRecords(state)) {
    for (const { name, namespaces } of secrets.filter((each) => each.namespaces.length > 0)) {
      const where = plural(namespaces.length, "namespace");
      reportLeft(
        `left in a cluster: Secret ${name} in ${where}. To remove it, remove it from outputs and run 'docker-credential-ecr daemon --once' first`,
      );
    }
  }
  const inKeychain = marked.filter((server) => !isRestored(server, "keychain"));
  if (inKeychain.length > 0) reportLeft(`left in the keychain: logins to ${inKeychain.join(", ")}`);
  for (const line of await explicitLogins(app)) print(`${line} ${dryRun ? "would be" : "is"} removed too`);
}

/** The explicit logins to ECR registries, which are tokens of at most 12 hours and are removed with the state folder. */
async function explicitLogins(app: AppContext): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const host of await app.store.loginHosts()) {
    const login = await explicitLogin(host, app);
    if (login)
      lines.push(`the explicit 'docker login' to ${host}, valid until ${isoTime(login.life.expiresAt)},`);
    else if (!(await app.store.readLogin(host)))
      lines.push(`an explicit 'docker login' to ${host}, which can't be read,`);
  }
  return lines;
}

/**
 * The logins that `--undo --everywhere` restores: those that were imported, if they are in the store where it looks.
 */
async function restoredLogins(folders: Folders) {
  const records = await recordsIn(`${folders.state}/clients`);
  const imported = new Set(records.flatMap(({ imported = [] }) => imported.map(({ server }) => server)));
  // If config.yaml is invalid, it looks in all stores.
  const searchedStore = await readConfig(folders).then(({ fallback }) => fallback.kind, onFailure);
  return (server: string, place: Fallback["kind"]) =>
    imported.has(server) && (searchedStore === undefined || searchedStore === place);
}

function onFailure(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

function loginsLost(servers: readonly string[]): Failure {
  const what = `logins to ${servers.join(", ")} are stored only in this program's encrypted files`;
  const fix =
    "'docker-credential-ecr configure-docker --undo --everywhere' and then 'docker-credential-ecr configure-docker --export' (with fallback: file) write them to config.json, 'echo HOST | docker-credential-ecr erase' removes one";
  return new Failure("LOGINS_KEPT", what, fix);
}

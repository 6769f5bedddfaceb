import { existsSync } from "node:fs";
import { within } from "../../limits/concurrency.ts";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import { ensureOwnFolder } from "../files/folder.ts";
import { assertIrreplaceable } from "../files/own-folders.ts";
import { type Keychain, keychainArgument, keychainCodes, keychainFailure } from "./keychain.ts";
import type { Response as KeychainResponse, Request } from "./service.ts";

export interface KeychainProcessOptions {
  /** The command that starts this program. */
  readonly command: readonly string[];
  readonly env: Environment;
  /** The state folder. */
  readonly state: string;
  /** Milliseconds for one request, including the time in which a user unlocks the keychain. */
  readonly limit: number;
}

/**
 * The operating system's keychain. Another process of this program makes each request: the library waits for D-Bus
 * without a time limit and blocks its thread, so only another process can end it.
 */
export class KeychainProcess implements Keychain {
  constructor(private readonly options: KeychainProcessOptions) {}

  readonly read = async (names: readonly string[]): Promise<readonly (string | undefined)[]> =>
    (await this.request({ read: names })).map((value) => value ?? undefined);

  readonly write = async (name: string, value: string): Promise<void> => {
    await this.request({ write: { name, value } });
  };

  readonly remove = async (name: string): Promise<void> => {
    await this.request({ remove: name });
  };

  private async request(request: Request): Promise<readonly (string | null)[]> {
    const { command, env, state, limit } = this.options;
    // Bun unpacks the library there: in /tmp it would stay where other users can write, and where programs often can't
    // be run.
    const folder = `${state}/native`;
    for (const each of [state, folder]) await ensureOwnFolder(each);
    await assertIrreplaceable(folder);
    const child = start([...command, keychainArgument], request, {
      ...environmentFor(env, existsSync),
      TMPDIR: folder,
    });
    const timeout = () =>
      keychainFailure("KEYCHAIN_TIMEOUT", `the keychain did not answer within ${limit / 1000} seconds`);
    try {
      return valuesIn(await within(AbortSignal.timeout(limit), new Response(child.stdout).text(), timeout));
    } finally {
      child.kill("SIGKILL");
    }
  }
}

function start(command: string[], request: Request, env: Record<string, string>) {
  const stdin = Buffer.from(JSON.stringify(request));
  try {
    return Bun.spawn(command, { stdin, stdout: "pipe", stderr: "ignore", env, cwd: "/" });
  } catch (error) {
    // For example if this user may start no more processes.
    const code = (error as { code?: string }).code ?? "unknown error";
    const what = `the process that calls the keychain can't be started (${code})`;
    throw keychainFailure("KEYCHAIN_UNREACHABLE", what, error);
  }
}

function valuesIn(text: string): readonly (string | null)[] {
  const response = parse(text);
  if (!response)
    throw keychainFailure(
      "KEYCHAIN_UNREACHABLE",
      "the process that calls the keychain ended without an answer",
    );
  if ("values" in response) return response.values;
  const { code, what } = response.failed;
  throw keychainFailure(keychainCodes.find((each) => each === code) ?? "KEYCHAIN_UNREACHABLE", what);
}

function parse(text: string): KeychainResponse | undefined {
  try {
    const response = JSON.parse(text);
    const isValid = Array.isArray(response?.values) || typeof response?.failed?.what === "string";
    return isValid ? response : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The environment without variables that would load another library, and with the D-Bus session that systemd gives a
 * user.
 *
 * @param exists whether there is such a file
 * @throws Failure KEYCHAIN_UNREACHABLE if the address of the session would start a program: D-Bus's libraries support
 * `unixexec:`, `autolaunch:` and others besides sockets
 */
export function environmentFor(env: Environment, exists: (path: string) => boolean): Record<string, string> {
  const safe: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const loads = /^(?:BUN_|NAPI_RS_|DBUS_STARTER_|DBUS_SYSTEM_)/.test(name);
    if (value !== undefined && !loads) safe[name] = value;
  }
  const addresses = (env.DBUS_SESSION_BUS_ADDRESS ?? "").split(";").filter((address) => address !== "");
  if (!addresses.every((address) => /^(?:unix|tcp):/.test(address))) {
    throw new Failure(
      "KEYCHAIN_UNREACHABLE",
      "DBUS_SESSION_BUS_ADDRESS is not the address of a socket (unix: or tcp:), so it could start a program",
      "unset it, or set it to the address of your D-Bus session, such as unix:path=/run/user/1000/bus",
    );
  }
  const bus = `${env.XDG_RUNTIME_DIR}/bus`;
  if (!env.DBUS_SESSION_BUS_ADDRESS && env.XDG_RUNTIME_DIR && exists(bus)) {
    safe["DBUS_SESSION_BUS_ADDRESS"] = `unix:path=${bus}`;
  }
  return safe;
}

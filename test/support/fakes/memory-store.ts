import type {
  AuthorizationEntry,
  FailureEntry,
  LoginEntry,
  LogoutEntry,
  RegistryEntry,
} from "../../../src/token/entry.ts";
import type { Failure } from "../../../src/token/failure.ts";

/** An in-memory token store. It passes the contract tests in test/store/tokens/token-store.test.ts. */
export class MemoryStore {
  readonly registries = new Map<string, RegistryEntry>();
  readonly logins = new Map<string, LoginEntry | LogoutEntry>();
  readonly authorizations = new Map<string, AuthorizationEntry>();
  readonly failures = new Map<string, FailureEntry>();
  /** If set, all writes fail with it. */
  broken: Failure | undefined;

  readRegistry = async (host: string) => this.registries.get(host);
  readLogin = async (host: string) => this.logins.get(host);
  readAuthorization = async (key: string) => this.authorizations.get(key);
  readFailure = async (key: string) => this.failures.get(key);

  writeRegistry = async (entry: RegistryEntry) => this.write(this.registries, entry.host, entry);
  writeLogin = async (entry: LoginEntry | LogoutEntry) => this.write(this.logins, entry.host, entry);
  writeFailure = async (key: string, entry: FailureEntry) => this.write(this.failures, key, entry);
  writeAuthorization = async (key: string, entry: AuthorizationEntry) => {
    this.write(this.authorizations, key, entry);
    this.failures.delete(key);
  };

  removeRegistry = async (host: string) => this.registries.delete(host);
  removeLogin = async (host: string) => this.logins.delete(host);
  removeAuthorization = async (key: string) => this.authorizations.delete(key);

  hosts = async () => [...new Set([...this.registries.keys(), ...this.logins.keys()])].sort();

  private write<Entry>(into: Map<string, Entry>, key: string, entry: Entry): void {
    if (this.broken) throw this.broken;
    into.set(key, entry);
  }
}

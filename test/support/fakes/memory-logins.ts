import type { Login, OtherLogins } from "../../../src/protocol/other-logins.ts";

/** In-memory logins to hosts outside ECR. It passes the contract tests in test/logins/logins.test.ts. */
export class MemoryLogins implements OtherLogins {
  readonly held = new Map<string, Login>();

  get = async (server: string) => this.held.get(server);
  store = async (server: string, login: Login) => void this.held.set(server, login);
  erase = async (server: string) => void this.held.delete(server);
  servers = async () => [...this.held.keys()];
  list = async () => Object.fromEntries([...this.held].map(([server, { username }]) => [server, username]));
}

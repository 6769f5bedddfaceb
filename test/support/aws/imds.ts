import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Operation } from "./calls.ts";
import { accountOf, nameOf } from "./cast.ts";
import type { Session } from "./credentials.ts";
import { type Answer, headersOf, json, reply } from "./http.ts";
import { strike } from "./strike.ts";
import type { World } from "./world.ts";

const rolesPath = "/latest/meta-data/iam/security-credentials/";
const text = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "text/plain", ...headers },
  body,
});

/** The instance metadata service, only version 2: it requires a session token. */
export class Imds {
  readonly #world: World;
  readonly #region: string;
  readonly #tokens = new Map<string, number>();
  readonly #session: () => Session | undefined;

  constructor(world: World, region: string) {
    this.#world = world;
    this.#region = region;
    this.#session = keptSession(world, world.cast.instanceRole, "i-0000000000example");
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const operation = operationOf(request.method, path);
    const call = this.#world.calls.add({
      operation,
      host: request.headers.host ?? "",
      detail: `${request.method} ${path}`,
      at: this.#world.now(),
    });
    const struck = await strike(this.#world, call, request.socket);
    if (struck === "silence") return;
    const answer = struck
      ? text(struck.kind === "fail" ? struck.status : 503, "")
      : this.#answer(operation, path, headersOf(request));
    call.outcome = answer.status === 200 ? "ok" : String(answer.status);
    reply(response, answer, this.#world.now());
  }

  #answer(operation: Operation, path: string, headers: Record<string, string | undefined>): Answer {
    if (operation === "ImdsToken") return this.#giveToken(headers);
    const tokenEnd = this.#tokens.get(headers["x-aws-ec2-metadata-token"] ?? "");
    if (tokenEnd === undefined || tokenEnd <= this.#world.now()) return text(401, "401 - Unauthorized");
    const { instanceRole } = this.#world.cast;
    if (operation === "ImdsOther") return this.#other(path, accountOf(instanceRole ?? ""));
    if (instanceRole === undefined) return text(404, "404 - Not Found");
    if (operation === "ImdsRole") return text(200, nameOf(instanceRole));
    const session = path === rolesPath + nameOf(instanceRole) ? this.#session() : undefined;
    if (!session) return text(404, "404 - Not Found");
    const credentials = credentialsBody(session);
    return json(200, {
      Code: "Success",
      LastUpdated: isoSeconds(this.#world.now()),
      Type: "AWS-HMAC",
      ...credentials,
    });
  }

  #giveToken(headers: Record<string, string | undefined>): Answer {
    // Prevents that an open proxy leaks the machine's keys.
    if (headers["x-forwarded-for"] !== undefined) return text(403, "403 - Forbidden");
    const asked = Number(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    if (!(asked >= 1 && asked <= 21_600)) return text(400, "400 - Bad Request");
    const seconds = Math.min(asked, this.#world.settings.imdsTokenSeconds);
    const token = `test-imds-token-${randomUUID()}`;
    this.#tokens.set(token, this.#world.now() + seconds * 1000);
    return text(200, token, { "x-aws-ec2-metadata-token-ttl-seconds": String(seconds) });
  }

  #other(path: string, accountId: string): Answer {
    if (path === "/latest/meta-data/placement/region") return text(200, this.#region);
    if (path === "/latest/dynamic/instance-identity/document") {
      return json(200, { accountId, region: this.#region, instanceId: "i-0000000000example" });
    }
    return text(404, "404 - Not Found");
  }
}

function operationOf(method: string | undefined, path: string): Operation {
  if (method === "PUT" && path === "/latest/api/token") return "ImdsToken";
  if (path === rolesPath || `${path}/` === rolesPath) return "ImdsRole";
  return path.startsWith(rolesPath) ? "ImdsCredentials" : "ImdsOther";
}

/** The session of a machine's or a container's role, the same one until five minutes before its expiry. */
export function keptSession(
  world: World,
  roleArn: string | undefined,
  name: string,
): () => Session | undefined {
  const sixHours = 6 * 3600;
  const fiveMinutes = 300_000;
  let session: Session | undefined;
  return () => {
    const role = roleArn === undefined ? undefined : world.role(roleArn);
    if (!role) return undefined;
    if (!session || session.expiresAt - world.now() <= fiveMinutes) {
      session = world.credentials.assume(role, name, world.sessionEnd(sixHours));
    }
    return session;
  };
}

const isoSeconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, "");

/** Credentials in the common format of IMDS and the container endpoint. */
export const credentialsBody = ({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: Session) => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  Token: sessionToken,
  Expiration: isoSeconds(expiresAt),
});

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Session } from "./credentials.ts";
import { type Answer, json, reply } from "./http.ts";
import { credentialsBody, keptSession } from "./imds.ts";
import { strike } from "./strike.ts";
import type { World } from "./world.ts";

/** The credentials endpoint of ECS tasks and of EKS pod identity, at any path. */
export class ContainerCredentials {
  readonly #world: World;
  readonly #session: () => Session | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#session = keptSession(world, world.cast.containerRole, "container");
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.#world.calls.add({
      operation: "ContainerCredentials",
      host: request.headers.host ?? "",
      detail: `${request.method} ${request.url}`,
      at: this.#world.now(),
    });
    const struck = await strike(this.#world, call, request.socket);
    if (struck === "silence") return;
    const answer = struck
      ? json(struck.kind === "fail" ? struck.status : 429, { message: struck.kind })
      : this.#answer(request.headers.authorization);
    call.outcome = answer.status === 200 ? "ok" : String(answer.status);
    reply(response, answer, this.#world.now());
  }

  #answer(authorization: string | undefined): Answer {
    const { containerAuthorization, containerRole } = this.#world.cast;
    if (containerAuthorization !== undefined && containerAuthorization !== authorization) {
      return json(401, { code: "AccessDenied", message: "The Authorization header is missing or wrong" });
    }
    const session = this.#session();
    if (!session) return json(404, { code: "NotFound", message: "There is no role here" });
    return json(200, { RoleArn: containerRole, ...credentialsBody(session) });
  }
}

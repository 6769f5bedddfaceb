import type { IncomingMessage, ServerResponse } from "node:http";
import type { Call } from "./calls.ts";
import type { Place } from "./hosts.ts";
import { type Answer, json, reply } from "./http.ts";
import {
  type Admission,
  admitPrivate,
  admitPublic,
  BearerBook,
  exchangePublic,
  registryError,
  registryVersion,
} from "./registry-auth.ts";
import { missingRight, readRepositoryRequest } from "./registry-rights.ts";
import { type Failure, strike } from "./strike.ts";
import { forward, type Upstream } from "./upstream.ts";
import type { World } from "./world.ts";

/** The account of pushes to the public registry, whose host name has no account. */
const publicOwner = "public";

/** ECR's registries, which pass requests to the registry at `upstreamUrl`; without it they are empty. */
export class RegistryFront {
  readonly #world: World;
  readonly #upstreamUrl: string | undefined;
  readonly #bearers = new BearerBook();

  constructor(world: World, upstreamUrl: string | undefined) {
    this.#world = world;
    this.#upstreamUrl = upstreamUrl;
  }

  async serve(place: Place, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const world = this.#world;
    const { method = "GET", url: target = "/" } = request;
    const [path = "/"] = target.split("?");
    const isPublic = place.service === "public-registry";
    const isExchange = isPublic && /^\/token\/?$/.test(path);
    const call = world.calls.add({
      operation: isExchange ? "PublicRegistryToken" : "Registry",
      host: request.headers.host ?? "",
      region: place.region ?? "us-east-1",
      detail: `${method} ${path}`,
      at: world.now(),
    });
    const turnAway = (answer: Answer) => {
      call.outcome = answer.status < 400 ? "ok" : String(answer.status);
      // With an unread body, the client would see a reset connection instead of the response.
      request.resume();
      reply(response, answer, world.now());
    };
    const struck = await strike(world, call, request.socket);
    if (struck === "silence") return;
    if (struck) return turnAway(failureOf(struck));

    const admission = this.#admit(place, isExchange, request);
    if (admission.answer) return turnAway(admission.answer);
    if (admission.principal) call.principal = admission.principal.arn;
    const destination = this.#route(place, method, path, admission);
    if ("status" in destination) return turnAway(destination);
    await this.#forward(call, request, response, destination);
  }

  #admit(place: Place, isExchange: boolean, request: IncomingMessage): Admission {
    const { authorization, host = "" } = request.headers;
    if (isExchange) return exchangePublic(this.#world, this.#bearers, authorization);
    return place.service === "public-registry"
      ? admitPublic(this.#world, this.#bearers, host, authorization)
      : admitPrivate(this.#world, place, host, authorization);
  }

  #route(place: Place, method: string, path: string, { principal }: Admission & { answer?: never }) {
    if (/^\/v2\/?$/.test(path)) return json(200, {}, registryVersion);
    const wanted = readRepositoryRequest(method, path);
    if (!wanted) return registryError(404, "UNSUPPORTED", "The operation is unsupported.");
    const { account = publicOwner, region = "us-east-1" } = place;
    if (place.service === "registry" && principal) {
      const missing = missingRight(principal, account, region, wanted);
      if (missing !== undefined) return registryError(403, "DENIED", missing);
    }
    if (place.service === "public-registry" && wanted.needs === "push" && !principal) {
      return registryError(403, "DENIED", "Not Authorized");
    }
    const { repository } = wanted;
    if (this.#upstreamUrl === undefined) {
      const message = `The repository with name '${repository}' does not exist in the registry with id '${account}'`;
      return registryError(404, "NAME_UNKNOWN", message);
    }
    const namespace = account === publicOwner ? publicOwner : `${account}-${region}`;
    return { url: this.#upstreamUrl, namespace, registryId: account, repository };
  }

  async #forward(call: Call, request: IncomingMessage, response: ServerResponse, upstream: Upstream) {
    try {
      await forward(request, response, upstream, this.#world.now());
      call.outcome = "ok";
    } catch (error) {
      call.outcome = "502";
      if (response.headersSent) response.destroy();
      else reply(response, registryError(502, "UNKNOWN", `upstream: ${error}`), this.#world.now());
    }
  }
}

function failureOf(failure: Failure): Answer {
  if (failure.kind === "throttle") return registryError(429, "TOOMANYREQUESTS", "Rate exceeded");
  return registryError(failure.status, failure.code, failure.message);
}

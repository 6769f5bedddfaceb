import type { Operation } from "./calls.ts";
import type { Protocol } from "./errors.ts";
import { type Place, placeOf, type Service } from "./hosts.ts";
import { readSignature, type WireRequest } from "./sigv4.ts";

/** The service and the operation of a request. */
export interface Recognised {
  readonly service: Service;
  readonly operation: Operation;
  readonly protocol: Protocol;
  /** From the host name, or else from the signature; absent if neither has it. */
  readonly region?: string;
  /** Whether the host name has the region. */
  readonly regionIsFixed: boolean;
  /** The form's parameters for STS, the query's for the SSO portal. */
  readonly parameters: URLSearchParams;
  /** The requested operation, as the client named it. */
  readonly asked: string;
}

const targets: Readonly<Record<string, { service: Service; operation: Operation }>> = {
  "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken": {
    service: "ecr",
    operation: "GetAuthorizationToken",
  },
  "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry": { service: "ecr", operation: "DescribeRegistry" },
  "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories": {
    service: "ecr",
    operation: "DescribeRepositories",
  },
  "AmazonEC2ContainerRegistry_V20150921.DescribeImages": { service: "ecr", operation: "DescribeImages" },
  "SpencerFrontendService.GetAuthorizationToken": {
    service: "ecr-public",
    operation: "GetPublicAuthorizationToken",
  },
};

const actions: Readonly<Record<string, Operation>> = {
  AssumeRole: "AssumeRole",
  AssumeRoleWithWebIdentity: "AssumeRoleWithWebIdentity",
  GetCallerIdentity: "GetCallerIdentity",
};

/** Uses the host name if it is one of AWS's, otherwise the request itself. */
export function recognise(request: WireRequest): Recognised {
  const place = placeOf(request.headers["host"] ?? "");
  const [path = "/", search = ""] = request.target.split("?");
  const told = fromRequest(request, path, search);
  const region = place?.region ?? readSignature(request)?.region;
  const mistaken = place !== undefined && place.service !== told.service;
  return {
    ...told,
    ...(mistaken ? { service: place.service, operation: "Unknown", protocol: protocolOf(place) } : {}),
    ...(region === undefined ? {} : { region }),
    regionIsFixed: place?.region !== undefined,
  };
}

type Told = Omit<Recognised, "region" | "regionIsFixed">;

function fromRequest(request: WireRequest, path: string, search: string): Told {
  const target = request.headers["x-amz-target"];
  const query = new URLSearchParams(search);
  if (target !== undefined) {
    const service = target.startsWith("SpencerFrontendService.") ? "ecr-public" : "ecr";
    const known = targets[target] ?? { service, operation: "Unknown" };
    return { ...known, protocol: "json", parameters: query, asked: target };
  }
  if (path.endsWith("/federation/credentials")) {
    return {
      service: "sso",
      operation: "GetRoleCredentials",
      protocol: "rest",
      parameters: query,
      asked: path,
    };
  }
  if (request.method === "POST" && path.endsWith("/token")) {
    return { service: "oidc", operation: "CreateToken", protocol: "rest", parameters: query, asked: path };
  }
  const form = request.method === "POST" ? Buffer.from(request.body).toString() : search;
  const parameters = new URLSearchParams(form);
  const asked = parameters.get("Action") ?? "";
  return { service: "sts", operation: actions[asked] ?? "Unknown", protocol: "query", parameters, asked };
}

function protocolOf({ service }: Place): Protocol {
  if (service === "sts") return "query";
  return service === "sso" || service === "oidc" ? "rest" : "json";
}

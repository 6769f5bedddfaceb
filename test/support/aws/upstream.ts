import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { readBody, reply } from "./http.ts";
import { registryError } from "./registry-auth.ts";

/** The upstream of a request: a real registry, in which each ECR registry has its own path. */
export interface Upstream {
  /** The base URL (http). */
  readonly url: string;
  /** The path: the first component of the repositories' names there. */
  readonly namespace: string;
  /** For error messages. */
  readonly registryId: string;
  readonly repository: string;
}

const ofOneHop = [
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "expect",
  "authorization",
  "date",
];

const withoutHop = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneHop.includes(name)));

/** Passes a request on, layers streamed both ways. @param now milliseconds since the epoch, for the Date header */
export async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  now: number,
): Promise<void> {
  const { namespace, url } = upstream;
  const path = (incoming.url ?? "/")
    .replace("/v2/", `/v2/${namespace}/`)
    .replace(/([?&]from=)/, `$1${namespace}%2F`);
  const outgoing = request(new URL(url), {
    path,
    method: incoming.method,
    headers: {
      ...withoutHop(incoming.headers),
      // The registry builds its Location headers from these.
      host: incoming.headers.host,
      "x-forwarded-proto": "encrypted" in incoming.socket ? "https" : "http",
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve).on("error", reject);
  });
  // The registry may respond, for example with an error, before it has read the body. The rest is then ignored.
  pipeline(incoming, outgoing).catch((error) => outgoing.destroy(error));
  const answer = await answered;

  const headers: IncomingHttpHeaders = { ...withoutHop(answer.headers), date: new Date(now).toUTCString() };
  for (const name of ["location", "link"] as const) {
    const value = headers[name];
    if (typeof value === "string") headers[name] = value.replace(`/v2/${namespace}/`, "/v2/");
  }
  const status = answer.statusCode ?? 502;
  if (incoming.method === "GET" && (status === 404 || path.includes("/tags/list"))) {
    return rename(answer, response, upstream, { status, headers, now });
  }
  response.writeHead(status, headers);
  await pipeline(answer, response);
}

/** Small responses in which the registry names the repository, or has an error in another form than ECR. */
async function rename(
  answer: IncomingMessage,
  response: ServerResponse,
  { namespace, repository, registryId }: Upstream,
  { status, headers, now }: { status: number; headers: IncomingHttpHeaders; now: number },
): Promise<void> {
  const body = (await readBody(answer)).toString();
  if (body.includes('"NAME_UNKNOWN"')) {
    const message = `The repository with name '${repository}' does not exist in the registry with id '${registryId}'`;
    return reply(response, registryError(status, "NAME_UNKNOWN", message), now);
  }
  if (body.includes('"MANIFEST_UNKNOWN"')) {
    return reply(response, registryError(status, "MANIFEST_UNKNOWN", "Requested image not found"), now);
  }
  const renamed = body.replace(`"${namespace}/`, '"');
  const { "content-type": type = "application/json", link } = headers;
  const paging = typeof link === "string" ? { link } : {};
  reply(response, { status, headers: { "content-type": type, ...paging }, body: renamed }, now);
}

import { type Listener, listen, readBody } from "./http.ts";

/** The requests to the fake registry. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

/** A registry with three responses, for tests of the stand-in before it. */
export async function startFakeUpstream(): Promise<Listener & { readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const listener = await listen(async (request, response) => {
    const { method = "GET", url: target = "/", headers } = request;
    const body = await readBody(request);
    seen.push({ method, target, headers, bytes: body.length });
    const [path = ""] = target.split("?");
    if (method === "POST") {
      const origin = `${headers["x-forwarded-proto"]}://${headers.host}`;
      response.writeHead(202, { location: `${origin}${path}an-upload?_state=x` }).end();
    } else if (path.endsWith("/tags/list")) {
      const name = path.slice("/v2/".length, -"/tags/list".length);
      response.writeHead(200, {
        "content-type": "application/json",
        link: `<${path}?last=1>; rel="next"`,
      });
      response.end(JSON.stringify({ name, tags: ["1"] }));
    } else if (path.endsWith("/manifests/none")) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}');
    } else {
      response.writeHead(200, { "docker-content-digest": "sha256:00", "content-length": "5" });
      response.end(method === "HEAD" ? undefined : "layer");
    }
  });
  return { ...listener, seen };
}

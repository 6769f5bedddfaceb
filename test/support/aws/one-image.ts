import { json, type Listener, listen, reply } from "./http.ts";

/** An upstream registry for ECR with one repository, `app`, and one image, `1`. */
export function startOneImage(): Promise<Listener> {
  return listen((request, response) => {
    const [, repository, reference] = /^\/v2\/[^/]+\/(.+)\/manifests\/(.+)$/.exec(request.url ?? "") ?? [];
    const unknown = (code: string) => json(404, { errors: [{ code, message: "unknown" }] });
    if (repository !== "app") return reply(response, unknown("NAME_UNKNOWN"), Date.now());
    if (reference !== "1") return reply(response, unknown("MANIFEST_UNKNOWN"), Date.now());
    const digest = `sha256:${"5".repeat(64)}`;
    reply(response, json(200, { schemaVersion: 2 }, { "docker-content-digest": digest }), Date.now());
  });
}

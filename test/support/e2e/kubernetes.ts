/**
 * As much of a cluster's API server as kubectl asks of one before a dry run: which kinds there are. What kubectl would
 * do in earnest is counted and refused.
 */
export function startCluster(): { readonly url: string; readonly changes: string[]; stop(): Promise<void> } {
  const secrets = { name: "secrets", singularName: "secret", namespaced: true, kind: "Secret" };
  const answers: Readonly<Record<string, unknown>> = {
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
    "/api/v1": {
      kind: "APIResourceList",
      groupVersion: "v1",
      resources: [{ ...secrets, verbs: ["create", "get"] }],
    },
  };
  const changes: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ method, url }) {
      const { pathname } = new URL(url);
      if (method !== "GET") changes.push(`${method} ${pathname}`);
      const answer = answers[pathname];
      return answer === undefined ? new Response("", { status: 404 }) : Response.json(answer);
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, changes, stop: () => server.stop(true) };
}

/**
 * The part of a cluster's API server that kubectl needs for a dry run: the list of resource kinds. Real changes by
 * kubectl are counted and refused.
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

import type { IncomingMessage, ServerResponse } from "node:http";
import { Controls } from "./controls.ts";
import { json, readBody, reply } from "./http.ts";

/**
 * The controls over HTTP, for a stand-in in another process: POST /NAME with a JSON list of that method's arguments
 * (no body: none) returns its result as JSON, or null. GET is sufficient without arguments.
 */
export async function serveControl(
  controls: Controls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = (request.url ?? "/").slice(1);
  const text = (await readBody(request)).toString();
  const method = isControl(name) ? (controls[name] as (...parameters: unknown[]) => unknown) : undefined;
  if (!method) return reply(response, json(404, { message: `no control '${name}'` }), Date.now());
  const parameters: unknown = text ? JSON.parse(text) : [];
  if (!Array.isArray(parameters)) {
    return reply(response, json(400, { message: "the body must be a JSON list of arguments" }), Date.now());
  }
  reply(response, json(200, method.apply(controls, parameters) ?? null), Date.now());
}

const isControl = (name: string): name is keyof Controls =>
  name !== "constructor" && Object.hasOwn(Controls.prototype, name);

/** The controls for another process. */
export type RemoteControls = {
  readonly [Name in keyof Controls]: (
    ...parameters: Parameters<Controls[Name]>
  ) => Promise<ReturnType<Controls[Name]>>;
};

/** @param url the URL of the control listener, without a trailing slash */
export function remoteControls(url: string): RemoteControls {
  const names = Object.getOwnPropertyNames(Controls.prototype).filter(isControl);
  const entries = names.map((name) => [
    name,
    async (...parameters: unknown[]) => {
      const answer = await fetch(`${url}/${name}`, { method: "POST", body: JSON.stringify(parameters) });
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) ?? undefined;
    },
  ]);
  return Object.fromEntries(entries) as RemoteControls;
}

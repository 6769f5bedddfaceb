import { isAlias, isScalar, parseDocument, stringify, visit } from "yaml";
import { readDockerConfig } from "../clients/docker/read-config.ts";
import { redacted } from "../token/redact.ts";
import { type Form, type Hide, hideUnlessPublic, shownAs } from "./shown-values.ts";

/** What of config.yaml may be shown: the form of a value, the keys of a map, or the items of a list. */
type Shape =
  | Form
  | { readonly keys: Readonly<Record<string, Shape>> }
  | { readonly each: Shape; readonly names: Form }
  | { readonly items: Shape };

const shape: Shape = {
  keys: {
    version: "flag",
    minValidity: "flag",
    identities: {
      names: "name",
      each: {
        keys: {
          ...{ profile: "name", roleArn: "arn", source: "name", externalId: "hidden", sessionName: "name" },
          ...{ duration: "flag", region: "region" },
        },
      },
    },
    registries: {
      items: {
        keys: {
          ...{ account: "name", regions: { items: "region" }, host: "host", identity: "name" },
          replication: { keys: { follow: "flag", identity: "name" } },
        },
      },
    },
    aliases: { names: "host", each: "host" },
    failures: "flag",
    fallback: "helper",
    store: "flag",
    outputs: { items: { keys: { dockerConfig: "path" } } },
  },
};

/** The known keys of config.yaml with values of the form that they must have. Comments and other keys are not shown. */
export function shownConfig(text: string, hide: Hide): string {
  if (text.trim() === "") return "";
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length > 0) {
    visit(document, { Scalar: (_, { value }) => hideUnlessPublic(String(value), hide) });
    return `${text.length} characters that are not valid YAML`;
  }
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "externalId") return;
      const scalar = isAlias(value) ? value.resolve(document) : value;
      if (isScalar(scalar)) hide(String(scalar.value));
    },
  });
  return stringify(shownPart(document.toJS({ maxAliasCount: 100 }), shape, hide));
}

function shownPart(value: unknown, form: Shape, hide: Hide): unknown {
  if (value === null || value === undefined) return null;
  if (typeof form === "string") {
    if (typeof value !== "object") return shownAs(form, String(value), hide);
    hideAll(value, hide);
    return redacted;
  }
  if ("items" in form && Array.isArray(value)) return value.map((item) => shownPart(item, form.items, hide));
  if ("items" in form || typeof value !== "object" || Array.isArray(value)) {
    hideAll(value, hide);
    return redacted;
  }
  const shown: [string, unknown][] = [];
  let others = 0;
  for (const [key, item] of Object.entries(value)) {
    if ("each" in form) {
      shown.push([shownAs(form.names, key, hide), shownPart(item, form.each, hide)]);
    } else if (Object.hasOwn(form.keys, key)) {
      shown.push([key, shownPart(item, form.keys[key] ?? "hidden", hide)]);
    } else {
      others++;
      hideUnlessPublic(key, hide);
      hideAll(item, hide);
    }
  }
  if (others > 0) shown.push([`${others} unknown ${others === 1 ? "key" : "keys"}`, redacted]);
  return Object.fromEntries(shown);
}

function hideAll(value: unknown, hide: Hide): void {
  if (typeof value !== "object" || value === null) {
    hideUnlessPublic(String(value), hide);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) hideUnlessPublic(key, hide);
    hideAll(item, hide);
  }
}

/** Which helpers Docker uses, and how many logins are in the file. */
export function shownDockerConfig(text: string, hide: Hide): string {
  const { credsStore, credHelpers, logins } = readDockerConfig(text);
  const hosts = Object.entries(credHelpers).map(
    ([host, helper]) => `  ${shownAs("host", host, hide)}: ${shownAs("helper", helper, hide)}`,
  );
  const places = logins.map((key) =>
    shownAs("host", key.replace(/^https?:\/\/|\/(?:v[12]\/?)?$/g, ""), hide),
  );
  return [
    ...(credsStore === undefined ? [] : [`credsStore: ${shownAs("helper", credsStore, hide)}`]),
    ...(hosts.length > 0 ? ["credHelpers:", ...hosts] : []),
    `logins in auths: ${places.length}${places.length > 0 ? ` (${[...new Set(places)].join(", ")})` : ""}`,
  ].join("\n");
}

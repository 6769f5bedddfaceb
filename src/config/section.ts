import * as z from "zod/mini";
import { nearestOf } from "../token/nearest.ts";

/**
 * A mapping that allows only known keys. An unknown key is reported together with the most similar known one.
 *
 * @param more is added to the JSON Schema
 */
export function section<Shape extends z.core.$ZodShape>(shape: Shape, more?: Record<string, unknown>) {
  const known = Object.keys(shape);
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? complain("is not known here", suggestion(issue.keys?.[0] ?? "", known))
        : undefined,
  });
  return more ? schema.register(z.globalRegistry, more) : schema;
}

/** Encodes the problem and the fix in one string, because zod has only one. */
export function complain(what: string, fix: string): string {
  return JSON.stringify([what, fix]);
}

/** Decodes it; undefined for a message of zod itself. */
export function complaintIn(message: string): { what: string; fix: string } | undefined {
  if (!message.startsWith("[")) return undefined;
  const [what, fix] = JSON.parse(message);
  return { what, fix };
}

/** The fix for an unknown key: "write roleArn" for role_arn; else the list of known keys. */
export function suggestion(unknown: string, known: readonly string[]): string {
  const likely = keysByOtherWord
    .get(unknown.toLowerCase().replace(/[^a-z]/g, ""))
    ?.find((name) => known.includes(name));
  if (likely !== undefined) return `write ${likely}${forms[likely] ?? ""}`;
  const nearest = nearestOf(unknown, known);
  return nearest === undefined ? `use one of ${known.join(", ")}` : `write ${nearest}`;
}

/** The keys that users mean by other words, by the word in lower case. */
const keysByOtherWord: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    accounts: ["registries", "account"],
    accountid: ["account"],
    registry: ["registries", "host"],
    profiles: ["identities", "profile"],
    roles: ["identities"],
    identity: ["identities"],
    role: ["roleArn"],
    arn: ["roleArn"],
    sourceprofile: ["source"],
    region: ["regions"],
    hostname: ["host"],
    alias: ["aliases"],
    output: ["outputs"],
  }),
);

/** The form of some keys. */
const forms: Readonly<Record<string, string>> = {
  registries: ', a list of entries such as - account: "111122223333"',
  identities: ", NAME: { profile: PROFILE } on lines below",
  regions: ", a list: [us-east-1]",
};

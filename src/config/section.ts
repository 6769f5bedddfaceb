import * as z from "zod/mini";
import { nearestOf } from "../token/nearest.ts";

/**
 * A mapping with known keys and no other. An unknown one is told together with the known one that it
 * looks most like.
 *
 * @param more goes into the JSON Schema as it is
 */
export function section<Shape extends z.core.$ZodShape>(shape: Shape, more?: Record<string, unknown>) {
  const known = Object.keys(shape);
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? complain("is not known here", meant(issue.keys?.[0] ?? "", known))
        : undefined,
  });
  return more ? schema.register(z.globalRegistry, more) : schema;
}

/** What is wrong and the fix, in the single string that zod has for both. */
export function complain(what: string, fix: string): string {
  return JSON.stringify([what, fix]);
}

/** The reverse; undefined where the words are zod's own. */
export function complaintIn(message: string): { what: string; fix: string } | undefined {
  if (!message.startsWith("[")) return undefined;
  const [what, fix] = JSON.parse(message);
  return { what, fix };
}

/** "write roleArn" for role_arn; else all that are known. */
export function meant(unknown: string, known: readonly string[]): string {
  const usual = usuallyMeant
    .get(unknown.toLowerCase().replace(/[^a-z]/g, ""))
    ?.find((name) => known.includes(name));
  if (usual !== undefined) return `write ${usual}${forms[usual] ?? ""}`;
  const nearest = nearestOf(unknown, known);
  return nearest === undefined ? `use one of ${known.join(", ")}` : `write ${nearest}`;
}

/** What other words stand for, by the word in lower case. */
const usuallyMeant: ReadonlyMap<string, readonly string[]> = new Map(
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

/** How some of them are written. */
const forms: Readonly<Record<string, string>> = {
  registries: ', a list of entries such as - account: "111122223333"',
  identities: ", NAME: { profile: PROFILE } on lines below",
  regions: ", a list: [us-east-1]",
};

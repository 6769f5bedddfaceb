import * as z from "zod/mini";
import { complain } from "./section.ts";

export function about<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

export const matching = (pattern: RegExp, what: string, fix: string) =>
  z.string().check(z.regex(pattern, { error: () => complain(what, fix) }));

export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: () => complain("is not known here", `write one of ${values.join(", ")}`) });

const filePath = /^\/[ -~\u00a1-\uffff]*[!-.0-~\u00a1-\uffff]$/;

export const absolutePath = () =>
  matching(filePath, "is not the absolute path of a file", "write its whole path, from /");

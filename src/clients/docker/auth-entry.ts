import { isField, keyOf, valueNode, WrongType, wrongType } from "../json/go-fields.ts";
import { type Node, placeOf } from "../json/syntax.ts";

/** An entry of `auths` as Docker reads it: docker/cli, cli/config/types/authconfig.go. "": the field is absent. */
export type AuthEntry = Readonly<Record<(typeof fields)[number], string>>;

const fields = [
  "auth",
  "username",
  "password",
  "email",
  "serveraddress",
  "identitytoken",
  "registrytoken",
] as const;

const empty: AuthEntry = {
  auth: "",
  username: "",
  password: "",
  email: "",
  serveraddress: "",
  identitytoken: "",
  registrytoken: "",
};

/** The field that Docker reads from a key. */
function fieldOf(key: string): keyof AuthEntry | undefined {
  return Object.hasOwn(empty, key) ? (key as keyof AuthEntry) : fields.find((field) => isField(key, field));
}

/** @param entry the property of `auths`. @throws WrongType */
export function authEntryOf(text: string, entry: Node): AuthEntry {
  const object = valueNode(entry);
  if (object.type !== "object" && object.type !== "null") {
    throw new WrongType(`has an entry that is not an object (${placeOf(text, entry.offset)})`);
  }
  const values: Record<keyof AuthEntry, string> = { ...empty };
  for (const property of object.children) {
    const field = fieldOf(keyOf(property));
    if (!field) continue;
    const { type, value = "" } = valueNode(property);
    if (type === "string") values[field] = value;
    else if (type !== "null") throw wrongType(text, property, "a string");
  }
  return values;
}

import { expiryAnnotation, managedBy, registriesAnnotation } from "../clients/kubernetes/secret.ts";

/** The name under which the API server records what this program has written. */
export const fieldManager = "docker-credential-ecr";

/** The metadata of an object, as far as this program uses it. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
}

/** Whether this program has written the object. A label alone is no proof: `kubectl apply` of an export has it too. */
export function isOwn({ managedFields }: ObjectMeta): boolean {
  return listOf<NonNullable<ObjectMeta["managedFields"]>[number]>(managedFields).some(
    ({ manager, operation }) => manager === fieldManager && operation === "Apply",
  );
}

export function isLabelled({ labels }: ObjectMeta): boolean {
  return Object.entries(managedBy).every(([key, value]) => labels?.[key] === value);
}

/** Milliseconds since the epoch; 0 if it is not known. */
export function expiryOf({ annotations }: ObjectMeta): number {
  return Date.parse(annotations?.[expiryAnnotation] ?? "") || 0;
}

export function registriesOf({ annotations }: ObjectMeta): readonly string[] {
  return (annotations?.[registriesAnnotation] ?? "").split(",").filter((host) => host !== "");
}

export function listOf<Item>(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value : [];
}

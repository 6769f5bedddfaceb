import { Failure, type FailureNote } from "../token/failure.ts";
import { foreignNames } from "../token/foreign-text.ts";

/** Failures in single namespaces, joined to one failure for each code. */
export class NamespaceFailures {
  readonly #byCode = new Map<string, { readonly first: Failure; readonly namespaces: string[] }>();

  add(namespace: string, failure: Failure): void {
    const known = this.#byCode.get(failure.code);
    if (known) known.namespaces.push(namespace);
    else this.#byCode.set(failure.code, { first: failure, namespaces: [namespace] });
  }

  notes(): readonly FailureNote[] {
    return [...this.#byCode.values()].map(({ first, namespaces }) => {
      const others = namespaces.slice(1).sort();
      const more = others.length === 0 ? "" : ` (also in ${foreignNames(others)})`;
      return { code: first.code, what: `${first.message}${more}`, fix: first.fix };
    });
  }
}

export function absentFailure(name: string, namespace: string): Failure {
  const what = `Secret ${name} is not written to namespace ${namespace}, which does not exist`;
  return new Failure("SECRET_NAMESPACE", what, "correct namespaces in config.yaml, or create it");
}

export function takenFailure(name: string, namespace: string): Failure {
  const what = `Secret ${name} in namespace ${namespace} was not written by this program, and it was not replaced`;
  const fix = `choose another name in config.yaml, or remove it: kubectl delete secret ${name} -n ${namespace}`;
  return new Failure("SECRET_TAKEN", what, fix);
}

import type { FastFiles } from "../store/files/fast-files.ts";
import { type Dependencies, type Environment, fingerprint } from "../token/dependencies.ts";

/** The part of a registration that its identity and its failures depend on. */
interface Conditional {
  readonly dependencies: Dependencies;
  readonly retryWhenChanged: readonly string[];
}

/** A fingerprint of what may end a failure: AWS files, sign-ins, config. See `Job.conditions`. */
export function conditionsOf({ dependencies, retryWhenChanged }: Conditional, files: FastFiles): string {
  return fingerprint([dependencies, retryWhenChanged.map((path) => files.stamp(path))]).slice(0, 16);
}

/** `conditionsOf` for many registrations at one moment: calculated once for those with the same dependencies. */
export function conditionsOnce(files: FastFiles): (registration: Conditional) => string {
  const known = new Map<object, string>();
  return (registration) => {
    const { dependencies } = registration;
    const conditions = known.get(dependencies) ?? conditionsOf(registration, files);
    known.set(dependencies, conditions);
    return conditions;
  };
}

/** `conditionsOf` with the settings for reaching AWS (proxy, certificates, endpoints), which may differ between processes. */
export function retryConditions(registration: Conditional, files: FastFiles, env: Environment): string {
  const decides = /^(?:AWS_|SSL_CERT_|NODE_EXTRA_CA_CERTS$)|_PROXY$/i;
  const settings = Object.entries(env)
    .filter(([name]) => decides.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return fingerprint([conditionsOf(registration, files), settings]);
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Link, Reach } from "../../aws/calls/reachability.ts";
import { readableDuration } from "../../terminal/words.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, failedBy, ok, skipped } from "./finding.ts";

/** Milliseconds: AWS refuses signatures whose time differs by more than this. */
const toleratedSkew = 5 * 60_000;

/** Compares this machine's clock with that of AWS. */
export const clock: RegistryDiagnostic = {
  name: "clock",
  scope: "registry",
  needs: ["registry-name", "config"],
  look: async (checkRun, signal) => judgeClock(await checkRun.reach(signal)),
};

export function judgeClock({ answer }: Reach): Finding {
  if (!answer) return skipped("AWS did not answer");
  const { clockSkew } = answer;
  const off = `${readableDuration(Math.abs(clockSkew))} ${clockSkew > 0 ? "behind" : "ahead of"} AWS`;
  if (Math.abs(clockSkew) < toleratedSkew) return ok(clockSkew === 0 ? "agrees with AWS" : off);
  return failed("CLOCK_SKEW", `this machine's clock is ${off}`, "timedatectl set-ntp true");
}

/** The finding of the step that failed; undefined: another step failed, or none. */
function findingAt({ broken }: Reach, link: Link): Finding | undefined {
  if (broken?.link === link) return failedBy(broken.failure);
  return broken && broken.link === "endpoint" ? skipped("the endpoint is not a valid address") : undefined;
}

/** The proxy for requests to the API, and whether it allows them. */
export const proxy: RegistryDiagnostic = {
  name: "proxy-access",
  scope: "registry",
  needs: ["registry-name", "config"],
  look: async (checkRun, signal) => judgeProxy(await checkRun.reach(signal)),
};

export function judgeProxy(reach: Reach): Finding {
  const finding = findingAt(reach, "proxy");
  if (finding) return finding;
  if (reach.broken && reach.host === undefined) return skipped("AWS was not called");
  return ok(reach.proxy ? `${reach.proxy}, for ${reach.host}` : `none is set for ${reach.host}`);
}

/** Whether the API's certificate is accepted, and by which CA certificates. */
export const certificates: RegistryDiagnostic = {
  name: "certificates",
  scope: "registry",
  needs: ["proxy-access"],
  look: async (checkRun, signal) => judgeCertificates(await checkRun.reach(signal)),
};

export function judgeCertificates(reach: Reach): Finding {
  const finding = findingAt(reach, "certificates");
  if (finding?.code === "TLS" && reach.bundle) {
    return { ...finding, seen: `${finding.seen}; only the CA certificates in ${reach.bundle} are used` };
  }
  if (finding) return finding;
  if (reach.broken) return skipped("no connection was made");
  return ok(
    reach.bundle ? `accepted by ${reach.bundle}` : "accepted by Bun's and the system's CA certificates",
  );
}

/** The addresses of the API's host name, unless a proxy looks it up. */
export const dns: RegistryDiagnostic = {
  name: "name-lookup",
  scope: "registry",
  needs: ["proxy-access", "certificates"],
  look: async (checkRun, signal) => {
    const reach = await checkRun.reach(signal);
    const name = URL.parse(`https://${reach.host}`)?.hostname ?? "";
    const isAsked = reach.proxy === undefined && reach.broken?.link !== "dns" && isIP(name) === 0;
    const addresses = isAsked ? await lookup(name, { all: true }).catch(() => []) : [];
    return judgeDns(
      reach,
      addresses.map(({ address }) => address),
    );
  },
};

export function judgeDns(reach: Reach, addresses: readonly string[]): Finding {
  const finding = findingAt(reach, "dns");
  if (finding) return finding;
  if (reach.proxy !== undefined) return skipped("the proxy looks names up");
  const [first] = addresses;
  if (first === undefined) return skipped(`${reach.host} is an address`);
  const more = addresses.length > 1 ? ` and ${addresses.length - 1} more` : "";
  return ok(`${reach.host} is ${first}${more}${addresses.some(isPrivate) ? ", a private address" : ""}`);
}

/** As for an interface endpoint in a VPC. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd])/.test(address);
}

/** Whether the API answers. */
export const api: RegistryDiagnostic = {
  name: "api",
  scope: "registry",
  needs: ["proxy-access", "certificates", "name-lookup"],
  look: async (checkRun, signal) => judgeApi(await checkRun.reach(signal)),
};

export function judgeApi({ broken, host, answer }: Reach): Finding {
  if (broken) return failedBy(broken.failure);
  return ok(`${host} answers${answer && answer.status >= 500 ? ` HTTP ${answer.status}` : ""}`);
}

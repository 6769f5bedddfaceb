import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Link, Reach } from "../../aws/calls/reachability.ts";
import { readableDuration } from "../../terminal/words.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, failedBy, ok, skipped } from "./finding.ts";

/** AWS refuses what is signed at a time further off than this, in milliseconds. */
const toleratedSkew = 5 * 60_000;

/** This machine's clock against that of AWS. */
export const clock: RegistryDiagnostic = {
  name: "clock",
  scope: "registry",
  needs: ["registry-name", "config"],
  look: async (checkRun, signal) => judgeClock(await checkRun.reach(signal)),
};

export function judgeClock({ answer }: Reach): Finding {
  if (!answer) return skipped("no answer came from AWS");
  const { clockSkew } = answer;
  const off = `${readableDuration(Math.abs(clockSkew))} ${clockSkew > 0 ? "behind" : "ahead of"} AWS`;
  if (Math.abs(clockSkew) < toleratedSkew) return ok(clockSkew === 0 ? "agrees with AWS" : off);
  return failed("CLOCK_SKEW", `this machine's clock is ${off}`, "timedatectl set-ntp true");
}

/** The finding of the link where it broke; undefined: it broke elsewhere or not at all. */
function brokenAt({ broken }: Reach, link: Link): Finding | undefined {
  if (broken?.link === link) return failedBy(broken.failure);
  return broken && broken.link === "endpoint" ? skipped("the endpoint is no address") : undefined;
}

/** Which proxy the API is asked by, and whether it lets one through. */
export const proxy: RegistryDiagnostic = {
  name: "proxy",
  scope: "registry",
  needs: ["registry-name", "config"],
  look: async (checkRun, signal) => judgeProxy(await checkRun.reach(signal)),
};

export function judgeProxy(reach: Reach): Finding {
  const bad = brokenAt(reach, "proxy");
  if (bad) return bad;
  if (reach.broken && reach.host === undefined) return skipped("AWS was not asked");
  return ok(reach.proxy ? `${reach.proxy}, for ${reach.host}` : `none is set for ${reach.host}`);
}

/** Whether the API's certificate is accepted, and by which authorities. */
export const certificates: RegistryDiagnostic = {
  name: "certificates",
  scope: "registry",
  needs: ["proxy"],
  look: async (checkRun, signal) => judgeCertificates(await checkRun.reach(signal)),
};

export function judgeCertificates(reach: Reach): Finding {
  const bad = brokenAt(reach, "certificates");
  if (bad?.code === "TLS" && reach.bundle) {
    return { ...bad, seen: `${bad.seen}; the authorities in ${reach.bundle} alone count` };
  }
  if (bad) return bad;
  if (reach.broken) return skipped("no connection came about");
  return ok(reach.bundle ? `accepted by ${reach.bundle}` : "accepted by Bun's and the system's authorities");
}

/** Where the API's name leads, unless a proxy looks it up. */
export const dns: RegistryDiagnostic = {
  name: "dns",
  scope: "registry",
  needs: ["proxy", "certificates"],
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
  const bad = brokenAt(reach, "dns");
  if (bad) return bad;
  if (reach.proxy !== undefined) return skipped("the proxy looks names up");
  const [first] = addresses;
  if (first === undefined) return skipped(`${reach.host} is an address`);
  const more = addresses.length > 1 ? ` and ${addresses.length - 1} more` : "";
  return ok(`${reach.host} is ${first}${more}${addresses.some(isPrivate) ? ", a private address" : ""}`);
}

/** As interface endpoints of a VPC have them. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd])/.test(address);
}

/** Whether anything answers for the API. */
export const api: RegistryDiagnostic = {
  name: "api",
  scope: "registry",
  needs: ["proxy", "certificates", "dns"],
  look: async (checkRun, signal) => judgeApi(await checkRun.reach(signal)),
};

export function judgeApi({ broken, host, answer }: Reach): Finding {
  if (broken) return failedBy(broken.failure);
  return ok(`${host} answers${answer && answer.status >= 500 ? ` HTTP ${answer.status}` : ""}`);
}

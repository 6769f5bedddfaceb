import { ecrLoginName } from "../clients/docker/ecr-login.ts";
import { helperName } from "../clients/docker/edit-config.ts";
import type { DockerConfig } from "../clients/docker/read-config.ts";

/** A registry, and where it was found. */
export interface Finding {
  readonly host: string;
  /** For users: "config.yaml", "profile ci". */
  readonly where: string;
}

/** A registry for which Docker could use this helper. */
export interface Candidate {
  readonly host: string;
  readonly where: readonly string[];
  /**
   * new: Docker will use this helper · ours: it already uses it · other: another helper is set, which is only replaced on
   * request
   */
  readonly state: "new" | "ours" | "other";
  /** The helper that Docker uses now; absent: none. */
  readonly current?: string;
}

/** Each registry once, in the order of its first occurrence. */
export function candidates(findings: readonly Finding[], config: DockerConfig): readonly Candidate[] {
  const places = new Map<string, Set<string>>();
  for (const { host, where } of findings) places.set(host, (places.get(host) ?? new Set()).add(where));
  return [...places].map(([host, where]) => {
    const named = config.credHelpers[host];
    const current = named ?? config.credsStore;
    const isTaken = named !== undefined || current === ecrLoginName;
    const state = current === helperName ? "ours" : isTaken ? "other" : "new";
    return { host, where: [...where], state, ...(current !== undefined && { current }) };
  });
}

/** Columns of the smallest terminal. */
const width = 80;

/**
 * The list of candidates for a terminal of 80 columns; new ones are numbered.
 *
 * @param program Docker or podman
 */
export function renderProposal(list: readonly Candidate[], program: string): string {
  let number = 0;
  return list
    .map((candidate) => {
      const mark = candidate.state === "new" ? String(++number) : "-";
      return `${mark.padStart(4)}  ${candidate.host}\n      ${clipped(detail(candidate, program))}`;
    })
    .join("\n");
}

/** The hosts that an answer selects: all for an empty answer or "y", none for "n", else "1,3" or "2-4". */
export function selectedHosts(answer: string, hosts: readonly string[]): readonly string[] | undefined {
  const word = answer.trim().toLowerCase();
  if (["", "y", "yes", "all"].includes(word)) return hosts;
  if (["n", "no", "none"].includes(word)) return [];
  const selected = new Set<string>();
  for (const part of word.split(/[\s,]+/)) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    const range = hosts.slice(Number(first) - 1, Number(last));
    if (first === undefined || Number(first) < 1 || Number(last) > hosts.length || range.length === 0) {
      return undefined;
    }
    for (const host of range) selected.add(host);
  }
  return [...selected];
}

function detail({ where, state, current }: Candidate, program: string): string {
  if (state === "ours") return `${program} already uses this helper for it`;
  if (state === "other") {
    const how = current === ecrLoginName ? "use --replace-ecr-login" : "name it with --replace";
    return `${program} uses ${current} for it: ${how} to change that`;
  }
  const instead = current === undefined ? "" : `; ${program} uses ${current} now`;
  return where.join(", ") + instead;
}

function clipped(text: string): string {
  const available = width - 6;
  return text.length <= available ? text : `${text.slice(0, available - 1)}…`;
}

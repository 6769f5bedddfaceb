import { ecrLoginName } from "../clients/docker/ecr-login.ts";
import { helperName } from "../clients/docker/edit-config.ts";
import type { DockerConfig } from "../clients/docker/read-config.ts";

/** A registry, and one place that speaks for it. */
export interface Finding {
  readonly host: string;
  /** For a person: "config.yaml", "profile ci". */
  readonly where: string;
}

/** A registry that Docker may be made to ask this helper for. */
export interface Candidate {
  readonly host: string;
  readonly where: readonly string[];
  /**
   * new: Docker would ask this helper from now on · ours: it does already · other: another helper is named for it,
   * which is never taken away unasked
   */
  readonly state: "new" | "ours" | "other";
  /** Who Docker asks now, if anybody. */
  readonly asked?: string;
}

/** Each registry once, in the order in which it was found first. */
export function candidates(findings: readonly Finding[], config: DockerConfig): readonly Candidate[] {
  const found = new Map<string, Set<string>>();
  for (const { host, where } of findings) found.set(host, (found.get(host) ?? new Set()).add(where));
  return [...found].map(([host, where]) => {
    const named = config.credHelpers[host];
    const asked = named ?? config.credsStore;
    const isTaken = named !== undefined || asked === ecrLoginName;
    const state = asked === helperName ? "ours" : isTaken ? "other" : "new";
    return { host, where: [...where], state, ...(asked !== undefined && { asked }) };
  });
}

/** Columns that a screen has at least. */
const width = 80;

/**
 * What is proposed, for a terminal of 80 columns; the new ones numbered.
 *
 * @param program that would ask: Docker, podman
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

/** Which of the numbered ones an answer means: all for nothing or "y", none for "n", else "1,3" or "2-4". */
export function chosen(answer: string, hosts: readonly string[]): readonly string[] | undefined {
  const word = answer.trim().toLowerCase();
  if (["", "y", "yes", "all"].includes(word)) return hosts;
  if (["n", "no", "none"].includes(word)) return [];
  const picked = new Set<string>();
  for (const part of word.split(/[\s,]+/)) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    const range = hosts.slice(Number(first) - 1, Number(last));
    if (first === undefined || Number(first) < 1 || Number(last) > hosts.length || range.length === 0) {
      return undefined;
    }
    for (const host of range) picked.add(host);
  }
  return [...picked];
}

function detail({ where, state, asked }: Candidate, program: string): string {
  if (state === "ours") return `${program} asks this helper for it already`;
  if (state === "other") {
    const how = asked === ecrLoginName ? "use --replace-ecr-login" : "name it with --replace";
    return `${program} asks ${asked} for it: ${how} to change that`;
  }
  const instead = asked === undefined ? "" : `; ${program} asks ${asked} now`;
  return where.join(", ") + instead;
}

function clipped(text: string): string {
  const room = width - 6;
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

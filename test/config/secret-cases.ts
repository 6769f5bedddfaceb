import type { Case } from "./refused-cases.ts";

const output = (secret: string) => `outputs:\n  - kubernetesSecret: ${secret}`;
const valid = output("{ name: a, all: true }");
const words = /write one of namespaces: \[NAME\], selector: \{ LABEL: VALUE \}, all: true/;

/** A refused pull secret, the words of its fix, and the body after it. */
const all: [what: string, body: string, problem: RegExp, fix: RegExp, fixed: string][] = [
  [
    "an output of nothing",
    "outputs:\n  - §{}",
    /outputs\[0\] names nothing to write/,
    /write either dockerConfig or kubernetesSecret/,
    "outputs:\n  - dockerConfig: /x",
  ],
  [
    "an output with two keys",
    "outputs:\n  - §{ dockerConfig: /a, kubernetesSecret: { name: a, all: true } }",
    /has two keys/,
    /write either dockerConfig or kubernetesSecret/,
    valid,
  ],
  [
    "namespaces in two ways",
    output("§{ name: a, all: true, namespaces: [b] }"),
    /selects namespaces in two ways/,
    words,
    output("{ name: a, namespaces: [b] }"),
  ],
  [
    "no namespaces",
    output("§{ name: a }"),
    /selects no namespaces/,
    words,
    output("{ name: a, selector: { b: c } }"),
  ],
  ["an empty selector", output("§{ name: a, selector: {} }"), /an empty selector/, /write all: true/, valid],
  [
    "a context without a kubeconfig",
    output("§{ name: a, all: true, context: b }"),
    /a context without a kubeconfig/,
    /or remove context/,
    valid,
  ],
  [
    "service accounts that are not patched",
    output("§{ name: a, all: true, serviceAccountNames: [b] }"),
    /are not patched/,
    /write serviceAccounts: patch/,
    output("{ name: a, all: true, serviceAccounts: patch, serviceAccountNames: [b] }"),
  ],
  [
    "a registry of another cloud in a Secret",
    output("§{ name: a, all: true, registries: [hub.example.com] }"),
    /neither an ECR host nor in aliases/,
    /write the host of an ECR registry, or add it to aliases/,
    output("{ name: a, all: true, registries: [public.ecr.aws] }"),
  ],
  [
    "a Secret's name",
    output("{ name: §ECR, all: true }"),
    /is not the name of a Secret/,
    /lower-case/,
    valid,
  ],
  ["all that is false", output("{ name: a, all: §false }"), /is not true/, /write true, or remove it/, valid],
  [
    "a namespace's name",
    output("{ name: a, namespaces: [§a.b] }"),
    /is not the name of a namespace/,
    /at most 63 lower-case letters, digits and -/,
    output("{ name: a, namespaces: [a-b] }"),
  ],
  [
    "two Secrets of one name in a cluster",
    `${output("{ name: a, all: true }")}\n  - kubernetesSecret: §{ name: a, namespaces: [b] }`,
    /repeats the name "a"/,
    /give each Secret of a cluster its own name/,
    `${output("{ name: a, all: true }")}\n  - kubernetesSecret: { name: c, namespaces: [b] }`,
  ],
];

export const secretCases: Case[] = all.map(([what, body, problem]) => [what, body, problem]);

/** The bodies after the fixes, as in proposed-fixes.test.ts. */
export const fixedSecrets: Readonly<Record<string, readonly [words: RegExp, body: string]>> =
  Object.fromEntries(all.map(([what, , , fix, fixed]) => [what, [fix, fixed] as const]));

import { resolve } from "node:path";
import { readServerUrl } from "../registry/server-url.ts";
import { hostComplaints } from "./host-checks.ts";
import { type Complaint, quoted } from "./problem.ts";
import type { RawConfig } from "./schema.ts";
import type { RawKubernetesSecret } from "./secret-schema.ts";

/** Checks of `outputs` that the schema can't express. */
export function outputComplaints({ outputs = [], aliases = {} }: RawConfig): Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (index: number, key: string | undefined, what: string, fix: string) =>
    complaints.push({
      path: key === undefined ? ["outputs", index] : ["outputs", index, key],
      what: `outputs[${index}]${key === undefined ? "" : `.${key}`} ${what}`,
      fix,
    });
  for (const [index, { dockerConfig, kubernetesSecret }] of outputs.entries()) {
    if ((dockerConfig === undefined) === (kubernetesSecret === undefined)) {
      const what = dockerConfig === undefined ? "names nothing to write" : "has two keys";
      complain(index, undefined, what, "write either dockerConfig or kubernetesSecret");
      continue;
    }
    if (dockerConfig !== undefined) {
      const isFirst = outputs.findIndex((each) => isSamePath(each.dockerConfig, dockerConfig)) === index;
      if (!isFirst)
        complain(index, "dockerConfig", `repeats ${quoted(dockerConfig)}`, "remove one of the two");
    }
    if (kubernetesSecret === undefined) continue;
    const { name } = kubernetesSecret;
    const isFirst = outputs.findIndex(
      (each) => each.kubernetesSecret && isSameSecret(each.kubernetesSecret, kubernetesSecret),
    );
    if (isFirst !== index) {
      const fix = "give each Secret of a cluster its own name, or join the two";
      complain(index, "kubernetesSecret", `repeats the name ${quoted(name)} for the same cluster`, fix);
    }
    for (const [what, fix] of secretProblems(kubernetesSecret))
      complain(index, "kubernetesSecret", what, fix);
    for (const [place, host] of (kubernetesSecret.registries ?? []).entries()) {
      if (Object.hasOwn(aliases, host)) continue;
      const path = ["outputs", index, "kubernetesSecret", "registries", place];
      const isOther = readServerUrl(host).kind === "other";
      if (!isOther) complaints.push(...hostComplaints(path, host));
      else
        complain(
          index,
          "kubernetesSecret",
          `names ${quoted(host)}, which is neither an ECR host nor in aliases`,
          "write the host of an ECR registry, or add it to aliases",
        );
    }
  }
  return complaints;
}

function secretProblems(secret: RawKubernetesSecret): [what: string, fix: string][] {
  const { namespaces, selector, all, kubeconfig, context, serviceAccounts, serviceAccountNames } = secret;
  const problems: [string, string][] = [];
  const selections = [namespaces, selector, all].filter((each) => each !== undefined).length;
  if (selections !== 1) {
    const what = selections === 0 ? "selects no namespaces" : "selects namespaces in two ways";
    problems.push([what, "write one of namespaces: [NAME], selector: { LABEL: VALUE }, all: true"]);
  }
  if (selector && Object.keys(selector).length === 0)
    problems.push(["has an empty selector", "name a label, or write all: true for every namespace"]);
  if (context !== undefined && kubeconfig === undefined)
    problems.push(["has a context without a kubeconfig", "name the kubeconfig file, or remove context"]);
  if (serviceAccountNames && serviceAccounts !== "patch")
    problems.push(["has serviceAccountNames, which are not patched", "write serviceAccounts: patch"]);
  return problems;
}

function isSamePath(one: string | undefined, other: string): boolean {
  return one !== undefined && resolve(one) === resolve(other);
}

function isSameSecret(one: RawKubernetesSecret, other: RawKubernetesSecret): boolean {
  const keyOf = ({ name, kubeconfig = "", context = "" }: RawKubernetesSecret) =>
    JSON.stringify([name, kubeconfig && resolve(kubeconfig), context]);
  return keyOf(one) === keyOf(other);
}

import * as z from "zod/mini";
import { about, absolutePath, matching, oneOf } from "./schema-parts.ts";
import { complain, section } from "./section.ts";

/** `kubernetesSecret` under `outputs` in config.yaml. */

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** A DNS subdomain, as the names of Secrets and service accounts are. */
const objectName = (what: string) =>
  matching(subdomain, `is not the name of a ${what}`, "use lower-case letters, digits, - and .").check(
    z.maxLength(253, {
      error: () => complain("has more than 253 characters", "shorten it"),
    }),
  );
const namespaceName = () =>
  matching(
    /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    "is not the name of a namespace",
    "use at most 63 lower-case letters, digits and -",
  );
const atLeastOne = (fix: string) => z.minLength(1, { error: () => complain("is empty", fix) });

export const kubernetesSecretSchema = section(
  {
    name: about(objectName("Secret"), "The name of the Secret in each namespace."),
    namespaces: about(
      z.optional(z.array(namespaceName()).check(atLeastOne("name a namespace"))),
      "The namespaces that get the Secret.",
    ),
    selector: about(
      z.optional(
        z.record(
          matching(labelKey, "is not the key of a label", "write it as team or example.com/team"),
          matching(labelValue, "is not the value of a label", "use at most 63 letters, digits, - _ and ."),
        ),
      ),
      "Labels: every namespace that has all of them gets the Secret.",
    ),
    all: about(
      z.optional(z.literal(true, { error: () => complain("is not true", "write true, or remove it") })),
      "Every namespace gets the Secret.",
    ),
    registries: about(
      z.optional(z.array(z.string()).check(atLeastOne("name a registry, or remove it for all registries"))),
      "Host names of the registries and aliases whose tokens the Secret contains. Default: all that are kept fresh.",
    ),
    serviceAccounts: about(
      z.optional(oneOf(["leave", "patch"])),
      "patch: add the Secret to imagePullSecrets of service accounts, so that pods need not name it. Default: leave.",
    ),
    serviceAccountNames: about(
      z.optional(
        z.array(objectName("service account")).check(atLeastOne("name a service account, or remove it")),
      ),
      "The service accounts to patch in each namespace. Default: default.",
    ),
    kubeconfig: about(
      z.optional(absolutePath()),
      "A kubeconfig file for the cluster. Default: the service account of the pod in which the daemon runs.",
    ),
    context: about(
      z.optional(
        matching(/^[!-~](?:[ -~]{0,253}[!-~])?$/, "is not the name of a context", "write it on one line"),
      ),
      "The context in the kubeconfig. Default: its only context.",
    ),
  },
  { oneOf: [{ required: ["namespaces"] }, { required: ["selector"] }, { required: ["all"] }] },
);

export type RawKubernetesSecret = z.infer<typeof kubernetesSecretSchema>;

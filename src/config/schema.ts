import * as z from "zod/mini";
import { privateHost } from "../registry/host.ts";
import { durationPattern } from "./duration.ts";
import { about, absolutePath, matching, oneOf } from "./schema-parts.ts";
import { kubernetesSecretSchema } from "./secret-schema.ts";
import { complain, section } from "./section.ts";

/**
 * The schema of config.yaml. Checks across keys are in `*-checks.ts`. scripts/config-schema.ts generates
 * docs/config.schema.json from it.
 *
 * It uses zod/mini, which a compiled program loads in half the time of zod.
 */

const roleArnPattern =
  /^arn:aws(?:-[a-z]+){0,2}:iam::(?:\d{12}|\{account\}):role\/(?:[\w+=,.@/-]|\{account\}){0,512}(?:[\w+=,.@-]|\{account\})$/;

// Without \p{…}, which not every JSON Schema validator supports.
const line = /^[!-~\u00a1-\uffff](?:[ -~\u00a1-\uffff]{0,253}[!-~\u00a1-\uffff])?$/;
const name = /^[A-Za-z0-9][\w.@-]{0,63}$/;

const identityName = () => matching(name, "is not a valid name", "use at most 64 letters, digits, . _ - @");
const duration = () =>
  matching(durationPattern, "is not a duration", "write hours, minutes, seconds as in 90s, 15m, 2h, 1h30m");
// The same form as in an ECR host name; region-names.ts checks further.
const region = () =>
  matching(
    /^[a-z]{2,5}(?:-[a-z]{2,12}){1,2}-\d{1,2}$/,
    "is not an AWS region",
    "write a region's name, such as us-east-1",
  );
const ecrHost = () =>
  matching(line, "is not a host name", `write it as ${privateHost("111122223333", "us-east-1")}`);

const identitySchema = section(
  {
    profile: about(
      z.optional(
        matching(line, "is not a profile name", "write the name of a profile of the AWS files on one line"),
      ),
      "A profile of the AWS config and credentials files: keys, role chains, SSO, process, web identity.",
    ),
    roleArn: about(
      z.optional(
        matching(
          roleArnPattern,
          "is not the ARN of a role",
          "write it as arn:aws:iam::111122223333:role/NAME; {account} means the registry's account",
        ),
      ),
      "A role to assume. {account} is replaced by the account of the registry.",
    ),
    source: about(
      z.optional(identityName()),
      "The identity that assumes the role. Default: the default AWS credential chain.",
    ),
    externalId: about(
      z.optional(
        matching(
          /^[\w+=,.@:/-]{2,1224}$/,
          "is not an external ID",
          "use 2 to 1224 letters, digits and + = , . @ : / _ -",
        ),
      ),
      "The value that the role's trust policy requires as sts:ExternalId.",
    ),
    sessionName: about(
      z.optional(
        matching(
          /^[\w+=,.@-]{2,64}$/,
          "is not a session name",
          "use 2 to 64 letters, digits and + = , . @ _ -",
        ),
      ),
      "The name of the session in CloudTrail. Default: docker-credential-ecr.",
    ),
    duration: about(
      z.optional(duration()),
      "The duration of the role's session: 15m to 12h; at most 1h if the source is itself a role. Default: 1h.",
    ),
    region: about(z.optional(region()), "The region of the STS endpoint. Default: the registry's region."),
  },
  { oneOf: [{ required: ["profile"] }, { required: ["roleArn"] }] },
);

const registrationSchema = section(
  {
    account: about(
      z.optional(
        matching(
          /^(?:\d{12}|\*)$/,
          "is not an account ID",
          'write twelve digits in quotes, or "*" for every other account',
        ),
      ),
      'The account that owns the registry: twelve digits in quotes, or "*" for every account that no other entry names.',
    ),
    regions: about(
      z.optional(
        z.array(region()).check(
          z.minLength(1, {
            error: () => complain("is empty", "name a region, or remove it for every region"),
          }),
        ),
      ),
      'The regions whose registries are kept fresh before their first pull. Default: each registry from its first pull on. The identity is used in every region. With "*": the regions in which the entry applies.',
    ),
    host: about(z.optional(ecrHost()), "One registry by its host name, such as public.ecr.aws."),
    identity: about(
      z.optional(identityName()),
      "The identity for its tokens. Default: the default AWS credential chain.",
    ),
    replication: about(
      z.optional(
        section({
          follow: about(
            z.boolean(),
            "Read the registry's replication rules and keep tokens for all their targets fresh.",
          ),
          identity: about(
            z.optional(identityName()),
            "The identity for targets in other accounts that no entry names.",
          ),
        }),
      ),
      "The registries that this one replicates to.",
    ),
  },
  { oneOf: [{ required: ["account"] }, { required: ["host"] }] },
);

export const configSchema = section({
  version: about(z.literal(1), "The version of this format."),
  minValidity: about(
    z.optional(duration()),
    "A token with less life left is used only if no new one can be fetched. At most half of a token's life is used. Default: 1h.",
  ),
  identities: about(
    z.optional(z.record(identityName(), identitySchema)),
    "The AWS identities under which tokens are fetched, by name.",
  ),
  registries: about(z.optional(z.array(registrationSchema)), "Which identity is used for which registry."),
  aliases: about(
    z.optional(z.record(matching(line, "is not a host name", "write a host name"), ecrHost())),
    "Other names of ECR registries, matched exactly: images.example.com: 111122223333.dkr.ecr.us-east-1.amazonaws.com",
  ),
  failures: about(
    z.optional(oneOf(["notFound", "report"])),
    "What a client gets on stdout if a get for ECR fails; stderr and the log have the reason. notFound: Docker's text for no credentials, so that commands that need no login continue. report: the reason. Default: notFound.",
  ),
  fallback: about(
    z.optional(
      matching(
        /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
        "is not the name of a helper",
        "write keychain, file, none, or NAME of a docker-credential-NAME",
      ),
    ),
    "Where logins to hosts outside ECR are stored: keychain, file (encrypted, with its key next to it), none, or the name of another helper, such as pass. Default: keychain.",
  ),
  store: about(
    z.optional(oneOf(["file", "keychain"])),
    "How tokens are stored: file (only this user can read the files) or keychain (encrypted with a key in the keychain). Default: file.",
  ),
  outputs: about(
    z.optional(
      z.array(
        section(
          {
            dockerConfig: about(
              z.optional(absolutePath()),
              "A Docker config.json whose auths are kept fresh.",
            ),
            kubernetesSecret: about(
              z.optional(kubernetesSecretSchema),
              "A pull secret that is kept fresh in namespaces of a Kubernetes cluster.",
            ),
          },
          { oneOf: [{ required: ["dockerConfig"] }, { required: ["kubernetesSecret"] }] },
        ),
      ),
    ),
    "Files and pull secrets kept fresh for programs that can't run a helper.",
  ),
});

export type RawConfig = z.infer<typeof configSchema>;
export type RawIdentity = z.infer<typeof identitySchema>;
export type RawRegistration = z.infer<typeof registrationSchema>;

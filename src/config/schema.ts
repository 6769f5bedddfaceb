import * as z from "zod/mini";
import { privateHost } from "../registry/host.ts";
import { durationPattern } from "./duration.ts";
import { complain, section } from "./section.ts";

/**
 * config.yaml as it stands in the file. What binds one part of it to another is in `checks.ts`;
 * docs/config.schema.json is made of this by scripts/config-schema.ts.
 *
 * zod/mini, which a compiled program loads in half of the time that zod takes.
 */

const roleArnPattern =
  /^arn:aws(?:-[a-z]+){0,2}:iam::(?:\d{12}|\{account\}):role\/(?:[\w+=,.@/-]|\{account\}){0,512}(?:[\w+=,.@-]|\{account\})$/;

// Spelled without \p{…}, which not every reader of JSON Schema knows.
const line = /^[!-~\u00a1-\uffff](?:[ -~\u00a1-\uffff]{0,253}[!-~\u00a1-\uffff])?$/;
const filePath = /^\/[ -~\u00a1-\uffff]*[!-.0-~\u00a1-\uffff]$/;
const name = /^[A-Za-z0-9][\w.@-]{0,63}$/;

function about<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const matching = (pattern: RegExp, what: string, fix: string) =>
  z.string().check(z.regex(pattern, { error: () => complain(what, fix) }));

const identityName = () => matching(name, "is no name", "use letters, digits, . _ - @, at most 64 of them");
const duration = () =>
  matching(durationPattern, "is no duration", "write hours, minutes, seconds as in 90s, 15m, 2h, 1h30m");
// The same shape as in an ECR host name; privateHost() and parseHost() have the last word in checks.ts.
const region = () =>
  matching(
    /^[a-z]{2,5}(?:-[a-z]{2,12}){1,2}-\d{1,2}$/,
    "is no AWS region",
    "write a region's name, such as us-east-1",
  );
const ecrHost = () =>
  matching(line, "is no host name", `write it as ${privateHost("111122223333", "us-east-1")}`);
const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: () => complain("is not known here", `write one of ${values.join(", ")}`) });

const identitySchema = section(
  {
    profile: about(
      z.optional(matching(line, "is no profile", "write the name of a profile of the AWS files on one line")),
      "A profile of the AWS config and credentials files: keys, role chains, SSO, process, web identity.",
    ),
    roleArn: about(
      z.optional(
        matching(
          roleArnPattern,
          "is no role's ARN",
          "write it as arn:aws:iam::111122223333:role/NAME; {account} stands for the registry's account",
        ),
      ),
      "A role to assume. {account} stands for the account of the registry that is asked for.",
    ),
    source: about(
      z.optional(identityName()),
      "The identity that assumes the role; absent: the default AWS chain.",
    ),
    externalId: about(
      z.optional(
        matching(
          /^[\w+=,.@:/-]{2,1224}$/,
          "is no external id",
          "use 2 to 1224 letters, digits and + = , . @ : / _ -",
        ),
      ),
      "What the role's trust policy asks for as sts:ExternalId.",
    ),
    sessionName: about(
      z.optional(
        matching(/^[\w+=,.@-]{2,64}$/, "is no session name", "use 2 to 64 letters, digits and + = , . @ _ -"),
      ),
      "The session's name in CloudTrail; absent: docker-credential-ecr.",
    ),
    duration: about(
      z.optional(duration()),
      "How long the role's session lasts: 15m to 12h; at most 1h where the source is itself a role. Absent: 1h.",
    ),
    region: about(z.optional(region()), "The region whose STS is asked; absent: the registry's."),
  },
  { oneOf: [{ required: ["profile"] }, { required: ["roleArn"] }] },
);

const registrationSchema = section(
  {
    account: about(
      z.optional(
        matching(
          /^(?:\d{12}|\*)$/,
          "is no account",
          'write twelve digits in quotes, or "*" for every other account',
        ),
      ),
      'The account that owns the registry: twelve digits in quotes; "*": every account that no other entry names.',
    ),
    regions: about(
      z.optional(
        z.array(region()).check(
          z.minLength(1, {
            error: () => complain("is empty", "name a region, or remove it for every region"),
          }),
        ),
      ),
      'Those that are kept fresh before the first pull; absent: each from its first pull on. The identity holds in every region. Of "*": the regions in which the entry counts.',
    ),
    host: about(z.optional(ecrHost()), "One registry by its host name, such as public.ecr.aws."),
    identity: about(z.optional(identityName()), "Who asks for its tokens; absent: the default AWS chain."),
    replication: about(
      z.optional(
        section({
          follow: about(
            z.boolean(),
            "Read the registry's replication rules and keep each of their targets fresh.",
          ),
          identity: about(
            z.optional(identityName()),
            "Who reads targets in other accounts that no entry names.",
          ),
        }),
      ),
      "What becomes of the registries that this one replicates to.",
    ),
  },
  { oneOf: [{ required: ["account"] }, { required: ["host"] }] },
);

export const configSchema = section({
  version: about(z.literal(1), "The version of this format."),
  minValidity: about(
    z.optional(duration()),
    "A token with less life left is handed out only when no better one can be had. Absent: 1h. At most half of a token's life counts.",
  ),
  identities: about(
    z.optional(z.record(identityName(), identitySchema)),
    "Who asks AWS for tokens, by a name.",
  ),
  registries: about(z.optional(z.array(registrationSchema)), "Which identity serves which registry."),
  aliases: about(
    z.optional(z.record(matching(line, "is no host name", "write a host name"), ecrHost())),
    "Other names of ECR registries, matched exactly: images.example.com: 111122223333.dkr.ecr.us-east-1.amazonaws.com",
  ),
  failures: about(
    z.optional(oneOf(["notFound", "report"])),
    "What a client gets on stdout when a get for ECR fails; stderr and the log have the reason. notFound: Docker's words for no credentials, so that what needs no login goes on. report: the reason. Absent: notFound.",
  ),
  fallback: about(
    z.optional(
      matching(
        /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
        "names no helper",
        "write keychain, file, none, or NAME of a docker-credential-NAME",
      ),
    ),
    "Who keeps logins to hosts that are not ECR's: keychain, file (encrypted, its key beside it), none, or the name of another helper, such as pass. Absent: keychain.",
  ),
  store: about(
    z.optional(oneOf(["file", "keychain"])),
    "Where tokens lie: in files that this user alone may read, or encrypted with a key that the keychain holds.",
  ),
  outputs: about(
    z.optional(
      z.array(
        section({
          dockerConfig: about(
            matching(filePath, "is no absolute path of a file", "write its whole path, from /"),
            "A Docker config.json whose auths are kept fresh.",
          ),
        }),
      ),
    ),
    "Files kept fresh for programs that can't run a helper.",
  ),
});

export type RawConfig = z.infer<typeof configSchema>;
export type RawIdentity = z.infer<typeof identitySchema>;
export type RawRegistration = z.infer<typeof registrationSchema>;

import fc from "fast-check";
import { account, closedRole, keysAt, partnerRole, roleOf, type Slot } from "./cast.ts";
import { mostly, type Profile, type Setting, settings } from "./settings.ts";
import { login, olderSso, sso, webIdentity } from "./sign-ins.ts";

const whole = { id: true, secret: true } as const;

/** Keys in one file, whole or not. */
function keys(slot: Slot, place: "config" | "credentials"): fc.Arbitrary<Profile> {
  const { accessKeyId, secretAccessKey } = keysAt(`${place}-${slot}`);
  const session = keysAt(`session-${slot}`);
  const pair = (id: string | undefined, secret: string | undefined, more: Record<string, string> = {}) =>
    settings({ aws_access_key_id: id, aws_secret_access_key: secret, ...more });
  const { id, secret } = whole;
  const pairs = mostly(
    pair(id && accessKeyId, secret && secretAccessKey),
    pair(session.accessKeyId, session.secretAccessKey, { aws_session_token: session.sessionToken ?? "" }),
    pair(session.accessKeyId, session.secretAccessKey, { aws_security_token: session.sessionToken ?? "" }),
    pair(session.accessKeyId, session.secretAccessKey, {
      aws_security_token: "",
      aws_session_token: session.sessionToken ?? "",
    }),
    pair(accessKeyId, secretAccessKey, { aws_session_token: "" }),
    pair(accessKeyId, undefined),
    pair(undefined, secretAccessKey),
    pair("", secretAccessKey),
    pair(accessKeyId, ""),
    pair("", ""),
  );
  return pairs.map((each) =>
    place === "config" ? { config: each, credentials: [] } : { config: [], credentials: each },
  );
}

/** A pair of which each half is in another file. */
function splitKeys(slot: Slot): fc.Arbitrary<Profile> {
  const { accessKeyId, secretAccessKey } = keysAt(`config-${slot}`);
  const id = settings({ aws_access_key_id: accessKeyId });
  const secret = settings({ aws_secret_access_key: secretAccessKey });
  return fc.boolean().map((isIdInConfig) => ({
    config: isIdInConfig ? id : secret,
    credentials: isIdInConfig ? secret : id,
  }));
}

/** A role, and what of it; the source is one of the other profiles or of the environment. */
function role(slot: Slot, names: readonly string[]): fc.Arbitrary<Profile> {
  const next = names[(slot + 1) % names.length] ?? "";
  const profiles = fc.oneof(
    { weight: 20, arbitrary: fc.constant(next) },
    { weight: 6, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom("missing", "", " default"),
  );
  const kinds = fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom("Environment", "EcsContainer", "Ec2InstanceMetadata") },
    fc.constantFrom("environment", "Ec2Instance", ""),
  );
  const source = fc.oneof(
    { weight: 16, arbitrary: fc.record({ source_profile: profiles }) },
    { weight: 10, arbitrary: fc.record({ credential_source: kinds }) },
    fc.record({ source_profile: profiles, credential_source: kinds }),
    fc.constant({}),
  );
  const settingsOfRole = fc.record({
    role_arn: mostly<string, string | undefined>(roleOf(slot), closedRole, partnerRole, "", undefined),
    external_id: mostly(undefined, "partner", ""),
    role_session_name: mostly(undefined, "build-1", "", "two words"),
    duration_seconds: mostly(undefined, "900", "7200", "99999", "an hour", ""),
    mfa_serial: mostly(undefined, undefined, "arn:aws:iam::111122223333:mfa/phone", ""),
  });
  return fc.tuple(settingsOfRole, source, fc.boolean()).map(([given, from, isInConfig]) => {
    const list = settings({ ...given, ...from });
    return isInConfig ? { config: list, credentials: [] } : { config: [], credentials: list };
  });
}

function credentialProcess(slot: Slot): fc.Arbitrary<Profile> {
  const { accessKeyId, secretAccessKey } = keysAt(`process-${slot}`);
  const session = keysAt(`session-${slot}`);
  const version1 = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
  const outputs = mostly<string, string>(
    JSON.stringify(version1),
    JSON.stringify({ ...version1, Expiration: "2099-01-01T00:00:00Z" }),
    JSON.stringify({ ...version1, Expiration: "2020-01-01T00:00:00Z" }),
    JSON.stringify({ ...version1, SessionToken: "", AccountId: account }),
    JSON.stringify({
      ...{ Version: 1, AccessKeyId: session.accessKeyId, SecretAccessKey: session.secretAccessKey },
      SessionToken: session.sessionToken,
    }),
    JSON.stringify({ ...version1, Version: 2 }),
    JSON.stringify({ ...version1, Version: undefined }),
    JSON.stringify({ ...version1, SecretAccessKey: undefined }),
    "no JSON",
    "",
  );
  const ends = mostly("", "exit 3\n");
  const commands = mostly(
    (path: string) => `sh @HOME@/${path}`,
    (path: string) => `sh "@HOME@/${path}"`,
    (path: string) => `sh '@HOME@/${path}' 'an argument'`,
    (path: string) => `/bin/sh   @HOME@/${path}`,
    (path: string) => `sh $HOME/${path}`,
    (path: string) => `sh @HOME@/${path} | cat`,
    (path: string) => `sh ~/${path}`,
    (path: string) => `"sh" "@HOME@/${path}`,
    () => "",
    () => "/missing/program",
  );
  return fc.tuple(outputs, ends, commands, fc.boolean()).map(([output, end, command, isInConfig]) => {
    const path = `process-${slot}.sh`;
    const list = settings({ credential_process: command(path) });
    return {
      ...(isInConfig ? { config: list, credentials: [] } : { config: [], credentials: list }),
      files: { [path]: `echo '${output}'\necho a warning >&2\n${end}` },
    };
  });
}

/** Settings that lead to no credentials. */
function others(): fc.Arbitrary<Profile> {
  const list = fc.constantFrom<readonly Setting[]>(
    [],
    [["region", "us-east-1"]],
    [
      ["region", "eu-west-1"],
      ["output", "json"],
    ],
    [["role_arm", roleOf(0)]],
    [["aws_acess_key_id", "TESTKEYMISSPELT"]],
    [["s3", "\n  max_concurrent_requests = 20"]],
  );
  return fc.tuple(list, fc.boolean()).map(([each, isInConfig]) => ({
    config: isInConfig ? each : [],
    credentials: isInConfig ? [] : each,
  }));
}

/** A profile of one kind, or of several that are mixed. */
export function profile(slot: Slot, names: readonly string[]): fc.Arbitrary<Profile> {
  const kind = fc.oneof(
    { weight: 6, arbitrary: keys(slot, "credentials") },
    { weight: 2, arbitrary: keys(slot, "config") },
    splitKeys(slot),
    { weight: 8, arbitrary: role(slot, names) },
    { weight: 2, arbitrary: credentialProcess(slot) },
    { weight: 2, arbitrary: webIdentity(slot) },
    { weight: 3, arbitrary: sso(slot) },
    olderSso(slot),
    login(slot),
    { weight: 2, arbitrary: others() },
  );
  const second = keys(((slot + 1) % 4) as Slot, "config").map((each) => each.config);
  const one = kind.map((each) => [each]);
  const mixed = fc.array(kind, { minLength: 2, maxLength: 3 });
  const whole = fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: mixed }).map(merge);
  return fc.oneof(
    { weight: 30, arbitrary: whole },
    fc.tuple(whole, second).map(([each, again]) => ({ ...each, again })),
  );
}

function merge(profiles: readonly Profile[]): Profile {
  // A setting that is there twice makes a file that can't be parsed; layout.ts does that on purpose only.
  const once = (lists: readonly (readonly Setting[])[]) => [...new Map(lists.flat())];
  return {
    config: once(profiles.map(({ config }) => config)),
    credentials: once(profiles.map(({ credentials }) => credentials)),
    sections: Object.assign({}, ...profiles.map(({ sections }) => sections)),
    files: Object.assign({}, ...profiles.map(({ files }) => files)),
  };
}

import fc from "fast-check";
import {
  accessTokenOf,
  account,
  closedRole,
  keysAt,
  refreshTokenOf,
  type Slot,
  webRoleOf,
  webTokenOf,
} from "./cast.ts";
import { mostly, type Profile, settings } from "./settings.ts";
import { loginPath, signInPath } from "./situation.ts";

export function webIdentity(slot: Slot): fc.Arbitrary<Profile> {
  const path = `web-identity-${slot}`;
  const tokens = mostly(webTokenOf(slot), `${webTokenOf(slot)}\n`, "another", "");
  const given = fc.record({
    web_identity_token_file: mostly(`@HOME@/${path}`, `~/${path}`, path, "/missing/token", ""),
    role_arn: mostly<string, string | undefined>(webRoleOf(slot), undefined, "", closedRole),
    role_session_name: mostly(undefined, "build-1", ""),
  });
  return fc.tuple(given, tokens).map(([each, token]) => ({
    config: settings(each),
    credentials: [],
    files: { [path]: token },
  }));
}

const startUrl = (slot: Slot): string => `https://example.com/start-${slot}`;

/** What the AWS CLI keeps of a sign-in. */
function signIn(slot: Slot): fc.Arbitrary<string | undefined> {
  const ends = "2099-01-01T00:00:00Z";
  const token = {
    startUrl: startUrl(slot),
    region: "us-east-1",
    accessToken: accessTokenOf(slot),
    expiresAt: ends,
  };
  const renewal = {
    clientId: "test-client",
    clientSecret: "test-client-secret",
    registrationExpiresAt: ends,
    refreshToken: refreshTokenOf(slot),
  };
  return mostly<object, object | undefined>(
    token,
    { ...token, ...renewal },
    { ...token, expiresAt: "2020-01-01T00:00:00Z" },
    { ...token, expiresAt: "2020-01-01T00:00:00UTC" },
    { ...token, ...renewal, expiresAt: "2020-01-01T00:00:00Z", accessToken: "an old one" },
    { ...token, ...renewal, refreshToken: "unknown", expiresAt: "2020-01-01T00:00:00Z" },
    { ...token, accessToken: "revoked" },
    { ...token, expiresAt: undefined },
    undefined,
  ).map((each) => each && JSON.stringify(each));
}

export function sso(slot: Slot): fc.Arbitrary<Profile> {
  const session = fc.constantFrom(`corp-${slot}`, `corp-${slot}`, "Acme Dev", "équipe", "a.b_c");
  const region = mostly("us-east-1", "eu-west-1");
  const ofProfile = fc.record({
    sso_account_id: mostly(account, "444455556666", undefined, ""),
    sso_role_name: mostly(`sso-${slot}`, undefined, "", "sso-unknown"),
    sso_start_url: mostly(undefined, startUrl(slot), "https://example.com/another", ""),
    sso_region: mostly(undefined, "us-east-1"),
  });
  const ofSession = fc.record({
    sso_start_url: mostly(startUrl(slot), undefined, ""),
    sso_region: fc.oneof({ weight: 8, arbitrary: region }, fc.constant(undefined)),
    sso_registration_scopes: mostly(undefined, "sso:account:access"),
  });
  const reference = mostly("same", "missing", "case", "quoted");
  return fc
    .tuple(session, ofProfile, ofSession, signIn(slot), reference)
    .map(([name, own, shared, token, kind]) => {
      const named =
        { same: name, missing: "missing", case: name.toUpperCase(), quoted: `"${name}"` }[kind] ?? name;
      return {
        config: settings({ sso_session: named, ...own }),
        credentials: [],
        sections: { [`sso-session ${name}`]: settings(shared) },
        files: token === undefined ? {} : { [signInPath(name)]: token },
      };
    });
}

export function olderSso(slot: Slot): fc.Arbitrary<Profile> {
  const given = fc.record({
    sso_start_url: mostly(startUrl(slot), undefined, ""),
    sso_region: mostly("us-east-1", undefined, ""),
    sso_account_id: mostly(account, undefined, ""),
    sso_role_name: mostly(`sso-${slot}`, undefined, ""),
  });
  return fc.tuple(given, signIn(slot), fc.boolean()).map(([each, token, isInConfig]) => {
    const list = settings(each);
    return {
      ...(isInConfig ? { config: list, credentials: [] } : { config: [], credentials: list }),
      files: token === undefined ? {} : { [signInPath(startUrl(slot))]: token },
    };
  });
}

/** `aws login` keeps keys of its own; only valid ones are tried here. */
export function login(slot: Slot): fc.Arbitrary<Profile> {
  const session = `arn:aws:iam::${account}:user/login-${slot}`;
  const { accessKeyId, secretAccessKey, sessionToken } = keysAt(`login-${slot}`);
  const accessToken = { accessKeyId, secretAccessKey, sessionToken, accountId: account };
  const kept = {
    accessToken: { ...accessToken, expiresAt: "2099-01-01T00:00:00Z" },
    tokenType: "aws_sigv4",
    refreshToken: "test-refresh-token",
    clientId: "arn:aws:signin:::devtools/same-device",
    dpopKey: "test-key",
  };
  const files = mostly({ [loginPath(session)]: JSON.stringify(kept) }, {});
  return fc.tuple(files, mostly(session, "")).map(([each, value]) => ({
    config: settings({ login_session: value }),
    credentials: [],
    files: each,
  }));
}

import { type Dependencies, environmentFingerprint } from "../../../src/token/dependencies.ts";
import {
  type AuthorizationEntry,
  entryFormat,
  type FailureEntry,
  type LoginEntry,
  type LogoutEntry,
  type RegistryEntry,
} from "../../../src/token/entry.ts";
import { type Clock, type Life, lifeOf } from "../../../src/token/life.ts";
import { hour, SettableClock } from "./clock.ts";

export const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
export const otherHost = "444455556666.dkr.ecr.us-east-1.amazonaws.com";
export const publicHost = "public.ecr.aws";

/** Dependencies on no file and no variable: they are always satisfied. */
export const noDependencies: Dependencies = {
  environment: { names: [], fingerprint: environmentFingerprint([], {}) },
  files: [],
};

/** A lifetime of twelve hours, the last of which is a reserve. */
export function twelveHours(clock: Clock): Life {
  return lifeOf(clock.now + 12 * hour, 0, hour, clock);
}

const someLife = twelveHours(new SettableClock().read());

export function registryEntry(with_: Partial<RegistryEntry> = {}): RegistryEntry {
  return {
    format: entryFormat,
    host,
    username: "AWS",
    secret: "made-up registry secret",
    life: someLife,
    dependencies: noDependencies,
    identity: "profile ci",
    authorization: "key-of-ci",
    ...with_,
  };
}

export function authorizationEntry(with_: Partial<AuthorizationEntry> = {}): AuthorizationEntry {
  return {
    format: entryFormat,
    identity: "profile ci",
    region: "us-east-1",
    username: "AWS",
    secret: "made-up authorization secret",
    life: someLife,
    ...with_,
  };
}

export function loginEntry(with_: Partial<LoginEntry> = {}): LoginEntry {
  return {
    format: entryFormat,
    host,
    username: "AWS",
    secret: "made-up login secret",
    life: someLife,
    ...with_,
  };
}

export function logoutEntry(with_: Partial<LogoutEntry> = {}): LogoutEntry {
  return { format: entryFormat, host, loggedOutAt: someLife.issuedAt, ...with_ };
}

export function failureEntry(with_: Partial<FailureEntry> = {}): FailureEntry {
  return {
    format: entryFormat,
    at: someLife.issuedAt,
    endpoint: "api.ecr.us-east-1.amazonaws.com",
    host,
    code: "ACCESS_DENIED",
    what: "AWS refused profile ci",
    fix: "allow ecr:GetAuthorizationToken",
    ...with_,
  };
}

/** A password in ECR's form, with an expiry; `seconds` may be any value. */
export function passwordExpiring(seconds: unknown): string {
  const token = { payload: "p", datakey: "d", version: "2", type: "DATA_KEY", expiration: seconds };
  return Buffer.from(JSON.stringify(token)).toString("base64");
}

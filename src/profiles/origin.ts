import { type AwsFiles, type LocatedSetting, whereIs } from "./config-files.ts";

/** Where a setting comes from, for messages. */
export interface Origin {
  /** "AWS_ENDPOINT_URL", "endpoint_url (/home/alice/.aws/config:4)" */
  readonly name: string;
  /** How to remove the setting: "unset AWS_ENDPOINT_URL" */
  readonly removal: string;
}

export function variableOrigin(variable: string): Origin {
  return { name: variable, removal: `unset ${variable}` };
}

/** @param of what the setting belongs to, if several things may have one: "profile ci" */
export function settingOrigin(name: string, setting: LocatedSetting, of?: string): Origin {
  const description = `${name}${of === undefined ? "" : ` of ${of}`} (${whereIs(setting)})`;
  return { name: description, removal: `remove ${description}` };
}

/** A profile's setting with its file and line; without them if the profile doesn't have it. */
export function namedSetting(files: AwsFiles | undefined, profile: string, name: string): string {
  const setting = files?.profile(profile)?.get(name);
  return setting ? settingOrigin(name, setting).name : `${name} of profile ${profile}`;
}

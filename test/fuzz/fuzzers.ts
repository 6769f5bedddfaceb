import type { Fuzzer } from "../support/fuzz/fuzzer.ts";
import { awsAnswers } from "./aws-answers.ts";
import { awsFiles } from "./aws-files.ts";
import { configYaml } from "./config-yaml.ts";
import { dockerConfig } from "./docker-config.ts";
import { dockerProtocol } from "./docker-protocol.ts";
import { redaction } from "./redaction.ts";
import { serverUrl } from "./server-url.ts";
import { tokenFiles } from "./token-files.ts";

/** One fuzzer for each kind of external input. */
export const fuzzers: readonly Fuzzer[] = [
  serverUrl,
  dockerProtocol,
  awsFiles,
  dockerConfig,
  configYaml,
  tokenFiles,
  awsAnswers,
  redaction,
];

import type { Stage, Take } from "./stage.ts";

/** A part of the tour: one command. */
export interface Scene {
  readonly title: string;
  /** As a user types it. */
  readonly command: string;
  /** Whether the output of the scene before it stays on the screen. */
  readonly continues?: boolean;
  /** Whether its time is of interest. */
  readonly isTimed?: boolean;
  readonly play: (stage: Stage, command: string) => Promise<Take>;
}

const account = "111122223333";
export const registry = `${account}.dkr.ecr.us-east-1.amazonaws.com`;
const otherRegion = `${account}.dkr.ecr.eu-west-1.amazonaws.com`;
const hour = 3_600_000;

const run: Scene["play"] = (stage, command) => stage.run(command);
const get = (title: string, host: string, continues = false): Scene => ({
  title,
  continues,
  command: `docker-credential-ecr get <<< ${host}`,
  isTimed: true,
  play: (stage) => stage.get(host),
});

/** In their order: each builds on those before it. */
export const story: readonly Scene[] = [
  {
    title: "Set up two AWS accounts with one command",
    command: "docker-credential-ecr configure-docker",
    async play(stage, command) {
      const take = await stage.run(command);
      await stage.startDaemon();
      return take;
    },
  },
  get("First pull from another region: one request to AWS", otherRegion),
  get("The next pull: the token is stored, no request to AWS", otherRegion, true),
  {
    title: "AWS fails: status shows the cause and the time left",
    command: "docker-credential-ecr status",
    async play(stage, command) {
      stage.beginOutage();
      await stage.later(7 * hour);
      return stage.run(command);
    },
  },
  get("During the outage, pulls continue with the valid token", registry, true),
  {
    title: "AWS is back: the daemon has renewed all tokens",
    command: "docker-credential-ecr status",
    async play(stage, command) {
      await stage.endOutage();
      return stage.run(command);
    },
  },
  get("A host that only resembles ECR's gets no token", `${account}.dkr.ecr.us-east-1.example.com`, true),
];

/** For a picture of doctor, after the story: one step between Docker and the registry has failed. */
export const diagnosis: Scene = {
  title: "doctor checks each step, and names the fix",
  command: `docker-credential-ecr doctor ${registry}`,
  play(stage, command) {
    stage.signOut();
    return run(stage, command);
  },
};

/** The requests that a command sent to AWS. */
export function describeCalls({ calls }: Take): string {
  return calls.length === 0 ? "→ no request to AWS" : `→ requests to AWS: ${calls.join(", ")}`;
}

import { countAttempt, noRenewals } from "../../../src/refresher/renewal-counts.ts";
import { lastError, now, shownToken, statusReport } from "./status-report.ts";

const odd = 'a "b" \\ c\nd';

const counts = countAttempt(
  countAttempt(countAttempt(noRenewals, "succeeded", 120), "failed", 40_000),
  "succeeded",
  100,
);

/** A report with a sample of each metric. */
export const everyMetric = statusReport(
  [
    shownToken({
      nextRenewalAt: now + 1_000,
      lastRenewedAt: now - 9_000,
      failingSince: now - 5_000,
      lastError: lastError("no: mend [ACCESS_DENIED]"),
    }),
    shownToken({
      registry: "public.ecr.aws",
      identity: odd,
      secondsLeft: 0,
      isFresh: false,
      notRenewed: lastError("no [X]"),
    }),
  ],
  {
    daemon: { running: true, expected: true, outdated: true, pid: 1, lastTickAt: now - 500 },
    renewals: [
      { account: "111122223333", region: "us-east-1", identity: "ci", counts },
      { region: "us-east-1", identity: "default", counts: noRenewals },
    ],
    replication: [
      { source: "a", identity: "b", targets: ["c", "d"], problems: [], lastError: lastError("no [Y]") },
    ],
    outputs: [{ dockerConfig: "/x", named: true, registries: 3, lastError: lastError("no [Z]") }],
    secrets: [
      { name: "ecr-pull", context: "prod", named: true, namespaces: 4, lastError: lastError("no [S]") },
    ],
    configError: lastError("no [CONFIG_INVALID]"),
  },
);

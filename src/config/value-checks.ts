import { parseDuration } from "./duration.ts";
import type { Complaint } from "./problem.ts";
import type { RawConfig } from "./schema.ts";

const hour = 3_600_000;

/** Checks of single keys that the schema can't express. */
export function valueComplaints({ minValidity, fallback }: RawConfig): Complaint[] {
  const complaints: Complaint[] = [];
  const wanted = minValidity === undefined ? hour : (parseDuration(minValidity) ?? 0);
  if (wanted <= 0 || wanted > 12 * hour) {
    const what = `minValidity (${minValidity}) is not within a token's life`;
    complaints.push({
      path: ["minValidity"],
      what,
      fix: "write more than 0s and at most 12h, the life of ECR's tokens",
    });
  }
  if (fallback === "ecr") {
    const what = "fallback (ecr) is this program itself, which would call itself forever";
    complaints.push({
      path: ["fallback"],
      what,
      fix: "write keychain, file, none, or the name of another helper",
    });
  }
  return complaints;
}

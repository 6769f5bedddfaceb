import { describePullSecrets } from "../support/kubernetes/pull-secret-tests.ts";
import { StandInCluster } from "../support/kubernetes/stand-in.ts";

// With a real API server: test/clients/real/pull-secrets.test.ts.
describePullSecrets("stand-in", () => new StandInCluster());

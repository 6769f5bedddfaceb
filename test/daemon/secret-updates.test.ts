import assert from "node:assert/strict";
import { emptyConfig } from "../../src/config/config.ts";
import { updateSecretsOnce } from "../../src/daemon/secret-updates.ts";
import type { ManagedRegistries } from "../../src/managed/registries.ts";
import type { AppContext } from "../../src/provider/context.ts";
import { secretStates } from "../../src/status/secrets-report.ts";
import { readClusterRecord, writeClusterRecord } from "../../src/store/state/secret-records.ts";
import { Failure } from "../../src/token/failure.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("updateSecretsOnce", () => {
  const folder = useTempFolder();
  const { signal } = new AbortController();

  it("removes no Secret if config.yaml was not read", async () => {
    const state = folder();
    const cluster = { kubeconfig: `${state}/none` };
    const secret = { name: "ecr-pull", namespaces: ["ci"], serviceAccounts: [], failures: [] };
    const record = { format: 1, cluster, secrets: [secret] } as const;
    await writeClusterRecord(state, record);
    const config = {
      ...emptyConfig,
      notRead: new Failure("CONFIG_UNREADABLE", "it can't be read", "open it"),
    };
    const app = { folders: { state }, env: {}, now: Date.now } as unknown as AppContext;
    const managed = { plan: { jobs: [] }, minValidity: 0 } as unknown as ManagedRegistries;
    assert.deepEqual(await updateSecretsOnce(app, [managed, config], signal), []);
    assert.deepEqual(await readClusterRecord(state, cluster), record);
    assert.deepEqual(
      (await secretStates(state, config)).map(({ named }) => named),
      [true],
    );
  });
});

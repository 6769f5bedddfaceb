import assert from "node:assert/strict";
import { messageIds } from "../../../src/daemon/log.ts";
import { controls } from "../../support/e2e/aws.ts";
import { BootedSystem, type JournalEntry, patience } from "../../support/e2e/booted-system.ts";
import { succeeded } from "../../support/e2e/command.ts";
import { appRegistry, bobsRegistry } from "../../support/e2e/names.ts";
import { needs } from "../../support/e2e/needs.ts";
import { placeRelease } from "../../support/e2e/place-release.ts";
import { builder, writeConfig } from "../../support/e2e/service-user.ts";
import { eventually } from "../../support/eventually.ts";

const unit = "docker-credential-ecr-builder.service";

/** Alice gets tokens, Mallory has no permission. */
const config = `version: 1
identities: { alice: { profile: alice }, mallory: { profile: mallory } }
registries:
  - { account: "111122223333", regions: [us-east-1], identity: alice }
  - { account: "444455556666", regions: [us-east-1], identity: mallory }
`;

describe("the log in the journal", function () {
  // Each test waits for several steps of systemd.
  this.timeout(400_000);
  needs("systemctl");

  let system: BootedSystem;
  before(async () => {
    controls().reset();
    system = new BootedSystem("journal", [builder]);
    writeConfig(system, builder, config, ["alice", "mallory"]);
    await system.boot();
    succeeded(await system.run(["bash", placeRelease(system)]));
    const install = ["service", "install", "--system", "--user", "builder", "--splay", "1s"];
    succeeded(await system.run(["docker-credential-ecr", ...install]));
  });
  after(() => system?.stop());

  /** The first entry of an event that matches. */
  function entry(event: keyof typeof messageIds, ...matches: readonly string[]): Promise<JournalEntry> {
    const options = ["-u", unit, `MESSAGE_ID=${messageIds[event]}`, ...matches];
    return eventually(
      `${event} is in the journal`,
      async () => (await system.journal(...options))[0],
      patience,
    );
  }

  const fieldsOf = ({ PRIORITY, SYSLOG_IDENTIFIER, REGISTRY, REGION, IDENTITY, CODE }: JournalEntry) => ({
    PRIORITY,
    SYSLOG_IDENTIFIER,
    REGISTRY,
    REGION,
    IDENTITY,
    CODE,
  });
  const common = { SYSLOG_IDENTIFIER: "docker-credential-ecr", REGION: "us-east-1" };

  it("has the fields of a renewed token", async () => {
    const renewed = await entry("token_renewed");
    assert.deepEqual(fieldsOf(renewed), {
      ...common,
      PRIORITY: "6",
      REGISTRY: appRegistry,
      IDENTITY: "alice (profile alice)",
      CODE: undefined,
    });
    assert.match(renewed["MESSAGE"] ?? "", /^renewed the token of alice .profile alice. in us-east-1/);
    // From journald itself, not from the message.
    assert.equal(renewed["_SYSTEMD_UNIT"], unit);
    assert.equal(renewed["_UID"], String(builder.uid));
    assert.equal(renewed["_TRANSPORT"], "journal");
  });

  it("has the code of a failed renewal, and can be searched for it", async () => {
    const failing = await entry("renewal_failing", "CODE=ACCESS_DENIED");
    assert.deepEqual(fieldsOf(failing), {
      ...common,
      PRIORITY: "3",
      REGISTRY: bobsRegistry,
      IDENTITY: "mallory (profile mallory)",
      CODE: "ACCESS_DENIED",
    });
    const others = await system.journal("-u", unit, `REGISTRY=${bobsRegistry}`);
    assert.deepEqual([...new Set(others.map(({ CODE }) => CODE))], ["ACCESS_DENIED"]);
  });

  it("has an entry for the start and the end of the daemon, one each", async () => {
    const pid = (await entry("daemon_started"))["_PID"];
    succeeded(await system.run(["systemctl", "stop", unit]));
    assert.equal((await entry("daemon_ended"))["_PID"], pid);
    const lines = await system.journal("-u", unit, `_PID=${pid}`);
    const events = lines.filter(({ MESSAGE_ID = "" }) =>
      [messageIds.daemon_started, messageIds.daemon_ended].some((each) => each === MESSAGE_ID),
    );
    assert.equal(events.length, 2);
    // Lines on stdout would have no fields.
    assert.deepEqual([...new Set(lines.map(({ _TRANSPORT }) => _TRANSPORT))], ["journal"]);
  });
});

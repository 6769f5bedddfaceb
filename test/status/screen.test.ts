import assert from "node:assert/strict";
import { statusScreen } from "../../src/status/screen.ts";
import { lastError, shownToken, statusReport } from "../support/fakes/status-report.ts";

const screen = { width: 80, rows: 24, colour: false, unicode: true, home: "/home/me" };
const host = (account: string, region = "us-east-1", service = "dkr.ecr") =>
  `${account}.${service}.${region}.amazonaws.com`;
const none = { secondsLeft: 0, isFresh: false };

describe("status' screen", () => {
  it("of thousands shows the problems, as many as fit, and counts the rest", () => {
    const many = Array.from({ length: 2_000 }, (_, at) => {
      const registry = host(String(100_000_000_000 + at));
      if (at === 1_500) return shownToken({ registry, ...none });
      return shownToken({ registry, secondsLeft: at === 1_700 ? 30 : 40_000, isFresh: at !== 1_700 });
    });
    const lines = statusScreen(statusReport(many), screen, 23);
    assert.equal(lines.length, 23);
    assert.equal(lines[1], "2000 registries: 1 expired, 1 expiring, 1998 OK");
    assert.match(lines[4] ?? "", /^100000001500 us-east-1 .* expired/);
    assert.match(lines[5] ?? "", /^100000001700 us-east-1 .*█░{9} 30s/);
    assert.equal(lines.at(-1), "and 1982 more: 1982 OK; status --all shows all");
    assert.equal(statusScreen(statusReport(many), screen).length, 2_004);
  });

  it("wraps the line of a daemon whose service has a long path and command", () => {
    const daemon = {
      ...{ running: false, expected: true, outdated: false },
      service: "/usr/lib/systemd/system/docker-credential-ecr@.service",
      restart: "sudo systemctl restart docker-credential-ecr@ci.service",
    };
    const lines = statusScreen({ ...statusReport([]), daemon }, screen);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.ok(lines.join(" ").includes(`start it: ${daemon.restart}`));
  });

  it("hides no problem behind one long error", () => {
    const error = lastError(`${"word ".repeat(60)}[CODE]`);
    const tokens = ["1", "2", "3"].map((digit) =>
      shownToken({ registry: host(digit.repeat(12)), lastError: error }),
    );
    const text = statusScreen(statusReport(tokens), screen, 10).join("\n");
    for (const digit of ["1", "2", "3"]) assert.ok(text.includes(`${digit.repeat(12)} us-east-1`));
    assert.equal(text.split("word word").length > 2, true);
    assert.equal(text.match(/^[23]{12} us-east-1 .* {2}CODE$/gm)?.length, 2);
    const long = tokens.map((token) => ({ ...token, lastError: lastError(`w [${"LONG_".repeat(8)}CODE]`) }));
    const folded = statusScreen(statusReport(long), screen);
    assert.equal(folded.filter((line) => /^ {2}as above: LONG_\w+$/.test(line)).length, 2);
    for (const line of folded) assert.ok(line.length <= 80);
  });

  it("shows once what differs only in account and region, and separately what differs in the reason", () => {
    const failing = (account: string, region: string, why: string) => {
      const registry = host(account, region);
      // With several accounts the error names the first.
      const error = `no ECR token for ${host("111122223333", region)} (identity: ci): api.ecr.${region}.amazonaws.com ${why} [CODE]`;
      return shownToken({ registry, account, region, ...none, lastError: lastError(error) });
    };
    const tokens = [
      failing("111122223333", "us-east-1", "refuses"),
      failing("444455556666", "us-east-1", "refuses"),
      failing("111122223333", "eu-west-1", "refuses"),
      failing("111122223333", "eu-west-3", "hangs"),
    ];
    const text = statusScreen(statusReport(tokens), screen).join("\n");
    assert.equal(text.match(/refuses/g)?.length, 1);
    assert.equal(text.match(/hangs/g)?.length, 1);
    assert.equal(text.match(/^\d{12} .* {2}CODE$/gm)?.length, 2);
  });

  it("of a watch never has more lines than the terminal, and counts the others", () => {
    const tokens = Array.from({ length: 9 }, (_, at) => {
      const error = lastError(`${"word ".repeat(40)}${at} [CODE]`);
      return shownToken({ registry: host(String(100_000_000_000 + at)), ...none, lastError: error });
    });
    const lines = statusScreen(statusReport(tokens), screen, 16, 1);
    assert.ok(lines.length <= 16, `${lines.length}`);
    assert.match(lines.at(-1) ?? "", /^and [78] more: /);
  });

  it("on a narrow terminal omits renewal, identity and bar, and keeps registry and time left", () => {
    const tokens = [shownToken({ registry: host("111122223333", "ap-northeast-1") }), shownToken()];
    const at = (width: number) => {
      const lines = statusScreen(statusReport(tokens), { ...screen, width });
      for (const line of lines) assert.ok(Bun.stringWidth(line) <= width, `${width}: ${line}`);
      return lines.slice(-2).join("\n");
    };
    assert.match(at(64), /^1111\S+ {2}ci .*█░+ 6h 0m {4}-$/m);
    assert.match(at(60), /^111122223333 ap-northeast-1 {2}ci {8}█+░+ 6h 0m$/m);
    assert.match(at(50), /^111122223333 ap-northeast-1 {2}█+░+ 6h 0m$/m);
    assert.match(at(40), /^111122223333 ap-northeast-1 {2}6h 0m$/m);
    assert.match(at(30), /^1111\S+theast-1 {2}6h 0m$/m);
  });

  it("makes all registries distinguishable", () => {
    const hosts = [
      host("111122223333"),
      host("111122223333", "us-east-1", "dkr.ecr-fips"),
      "111122223333.dkr-ecr.us-east-1.on.aws",
      "111122223333.dkr-ecr-fips.us-east-1.on.aws",
      host("111122223333", "us-isob-east-1").replace("amazonaws.com", "sc2s.sgov.gov"),
      "public.ecr.aws",
      "images.example.com",
    ];
    const rows = statusScreen(statusReport(hosts.map((registry) => shownToken({ registry }))), screen).slice(
      4,
    );
    assert.equal(new Set(rows.map((row) => row.slice(0, 32))).size, hosts.length);
    for (const row of rows) assert.ok(Bun.stringWidth(row) <= 80, row);
  });

  it("keeps to the width, whatever the names, and aligns its columns", () => {
    const tokens = [
      shownToken(),
      shownToken({ registry: `${"images-of-a-very-long-name".repeat(3)}.example.com` }),
      shownToken({ identity: "構築サーバーの身元はとても長い名前です (profile x)" }),
      shownToken({ identity: `evil\x1b[2J\n${"x".repeat(99)}` }),
    ];
    for (const width of [80, 100, 200]) {
      const rows = statusScreen(statusReport(tokens), { ...screen, width }).slice(3);
      for (const row of rows) {
        assert.ok(Bun.stringWidth(row) <= width, row);
        assert.ok(!row.includes("\x1b"));
      }
      const bars = rows.slice(1).map((row) => Bun.stringWidth(row.split("█")[0] ?? ""));
      assert.equal(new Set(bars).size, 1, rows.join("\n"));
    }
  });

  it("uses the width: full hosts first, then full identities", () => {
    const rowAt = (width: number) =>
      statusScreen(statusReport([shownToken()]), { ...screen, width })[4] ?? "";
    assert.match(rowAt(80), /^111122223333 us-east-1 {2}ci {8}█/);
    assert.match(rowAt(90), /^111122223333\.dkr\.ecr\.us-east-1\.amazonaws\.com {2}ci {8}█/);
    assert.match(rowAt(120), /amazonaws\.com {2}ci \(profile ci\) {2}█/);
  });

  it("has a bar for the time left of a token's life, empty only if it has expired", () => {
    const bar = (secondsLeft: number, lifeSeconds: number) =>
      /[█░]+/.exec(
        statusScreen(statusReport([shownToken({ secondsLeft, lifeSeconds })]), screen)[4] ?? "",
      )?.[0];
    assert.equal(bar(21_600, 43_200), "█████░░░░░");
    assert.equal(bar(1, 43_200), "█░░░░░░░░░");
    assert.equal(bar(600, 600), "██████████");
    assert.equal(bar(0, 600), "░░░░░░░░░░");
  });

  it("colours by condition", () => {
    const colour = (more: object) => {
      const lines = statusScreen(statusReport([shownToken(more)]), { ...screen, colour: true });
      const row = lines.find((line) => /[█░]/.test(line)) ?? "";
      return row.slice(0, row.search(/[█░]/)).slice(-5);
    };
    assert.equal(colour({}), "\x1b[32m");
    assert.equal(colour({ lastError: lastError("x [X]") }), "\x1b[33m");
    assert.equal(colour({ isFresh: false }), "\x1b[33m");
    assert.equal(colour(none), "\x1b[31m");
  });

  it("shows problems of the daemon and of the config", () => {
    const configError = "line 3: fix it [CONFIG_INVALID]";
    const daemon = {
      running: true,
      expected: true,
      outdated: false,
      pid: 7,
      silentForSeconds: 720,
      configError,
    };
    const lines = statusScreen(
      statusReport([], { daemon, configError: lastError("line 4 [CONFIG_INVALID]") }),
      screen,
    );
    assert.deepEqual(lines.slice(0, 3), [
      "daemon: no heartbeat for 12m, process 7",
      "daemon: uses the previous config.yaml: line 3: fix it [CONFIG_INVALID]",
      "line 4. Fix: fix it. [CONFIG_INVALID]",
    ]);
  });
});

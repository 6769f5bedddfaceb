// Writes into a state folder on a separate disk that is full, then read-only. It prints the results as JSON.
// Usage, as root: unshare -m BUN tiny-disk.ts FOLDER
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { tryLock } from "../../../src/store/files/lock.ts";
import { appendLog } from "../../../src/store/files/log.ts";
import { openFastFiles } from "../../../src/store/files/open-fast-files.ts";
import { lockPath } from "../../../src/store/files/paths.ts";
import { TokenStore } from "../../../src/store/tokens/token-store.ts";
import { readCachedCredential } from "../../../src/store/tokens/warm-get.ts";
import { lifeOf } from "../../../src/token/life.ts";
import { host, registryEntry } from "./entries.ts";
import { fillDisk } from "./fill-disk.ts";

const [disk = ""] = process.argv.slice(2);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "none", disk]);
const state = `${disk}/state`;
const files = await openFastFiles();
const store = new TokenStore(state, () => undefined);
const life = lifeOf(Date.now() + 43_200_000, 0, 0, { now: Date.now() });
const entry = registryEntry({ life });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error) => error.code ?? String(error),
  );
const lockOf = async (path: string) => {
  try {
    const release = await tryLock(path.slice(0, path.lastIndexOf("/locks/")), path);
    release?.();
    return release ? "taken" : "busy";
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const lock = lockPath(state, "key");
const secretIn = (found: ReturnType<typeof readCachedCredential>) =>
  found && "secret" in found ? found.secret : undefined;
const look = async () => ({
  write: await codeOf(store.writeRegistry({ ...entry, secret: "never kept ".repeat(1000) })),
  warm: secretIn(readCachedCredential(files, state, host, {}, Date.now())),
  temporaries: readdirSync(`${state}/tmp`).length,
  lock: await lockOf(lock),
});

await store.writeRegistry(entry);
await lockOf(lock);

fillDisk(`${disk}/filler`);
const full = await look();
appendLog(state, Date.now(), "no room for this line");

execFileSync("mount", ["-o", "remount,bind,ro", disk]);
const readOnly = {
  ...(await look()),
  newLock: await lockOf(lockPath(state, "other")),
  newFolder: await lockOf(lockPath(`${disk}/elsewhere`, "key")),
};
appendLog(state, Date.now(), "no way to write this line");
console.log(JSON.stringify({ full, readOnly }));

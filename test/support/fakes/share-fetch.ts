// One of several processes that request the same token concurrently. AWS is simulated by a file that counts calls.
// It prints "fetching" or "waiting", and finally the secret or the failure.
// Usage: share-fetch.ts STATE COUNT ANSWER
//   COUNT   a file to which each call adds a line
//   ANSWER  AWS responds once this file exists: "token" or "failure"
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fetchOnce } from "../../../src/provider/fetch-once.ts";
import { tryLock } from "../../../src/store/files/lock.ts";
import { lockPath } from "../../../src/store/files/paths.ts";
import { TokenStore } from "../../../src/store/tokens/token-store.ts";
import { Failure } from "../../../src/token/failure.ts";
import { authorizationEntry } from "./entries.ts";

const [state = "", count = "", answer = ""] = process.argv.slice(2);
const key = "shared-key";
const store = new TokenStore(state, (line) => console.log(line));
let waiting = false;

async function callAws() {
  appendFileSync(count, `${process.pid}\n`);
  console.log("fetching");
  while (!existsSync(answer)) await pause(2);
  if (readFileSync(answer, "utf8") === "failure")
    throw new Failure("ACCESS_DENIED", `told to ${process.pid}`, "fix");
  return authorizationEntry({ secret: `got by ${process.pid}` });
}

try {
  const entry = await fetchOnce({
    tryLock: () => tryLock(state, lockPath(state, key)),
    readAuthorization: () => store.readAuthorization(key),
    writeAuthorization: (entry) => store.writeAuthorization(key, entry),
    readFailure: () => store.readFailure(key),
    writeFailure: (entry) => store.writeFailure(key, entry),
    isSufficient: () => true,
    fetch: callAws,
    host: "111122223333.dkr.ecr.us-east-1.amazonaws.com",
    endpoint: "api.ecr.us-east-1.amazonaws.com",
    conditions: "as they were",
    now: Date.now,
    wait: async () => {
      if (!waiting) console.log("waiting");
      waiting = true;
      await pause(5);
    },
    isWaitOver: () => false,
    report: (failure) => console.log(failure.oneLine),
  });
  console.log(entry.secret);
} catch (error) {
  console.log((error as Error).message);
}

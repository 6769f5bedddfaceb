// Takes the lock LOCK in the state folder STATE, and holds it until stdin is closed.
// Usage: hold-lock.ts STATE LOCK
import { tryLock } from "../../../src/store/files/lock.ts";

const [state = "", lock = ""] = process.argv.slice(2);
const release = await tryLock(state, lock);
console.log(release ? "held" : "refused");
await Bun.stdin.text();
release?.();

// Looks TIMES times whether a refresher runs on the state folder STATE, and prints how often it seemed to.
// Usage: look-for-refresher.ts STATE TIMES
import { isRefresherRunning } from "../../../src/store/state/refresher-state.ts";

const [state = "", times = ""] = process.argv.slice(2);
let found = 0;
for (let at = 0; at < Number(times); at += 1) if (await isRefresherRunning(state)) found += 1;
console.log(found);

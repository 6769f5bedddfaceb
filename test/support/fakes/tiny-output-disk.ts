// Edits a Docker config on a separate disk that is full, then read-only. It prints the results as JSON.
// Usage, as root: unshare -m BUN tiny-output-disk.ts FOLDER
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { editOutput } from "../../../src/clients/files/output-file.ts";
import { fillDisk } from "./fill-disk.ts";

const [disk = ""] = process.argv.slice(2);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "none", disk]);
const path = `${disk}/config.json`;
const write = (text: string) => editOutput(path, async () => text);
const look = async () => ({
  told: await write("token ".repeat(2_000)).then(
    () => "written",
    ({ oneLine }) => oneLine,
  ),
  text: readFileSync(path, "utf8"),
  names: readdirSync(disk).sort(),
});

await write("{}");
fillDisk(`${disk}/filler`);
const full = await look();
execFileSync("mount", ["-o", "remount,bind,ro", disk]);
console.log(JSON.stringify({ full, readOnly: await look() }));

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { stampOf } from "../../token/dependencies.ts";
import { type FastFiles, largestFile } from "./fast-files.ts";

/** The same operations with `node:fs`, for every system that it supports. */
export function nodeFiles(): FastFiles {
  return {
    readInput: () => ({ bytes: new Uint8Array(), isWhole: false }),
    writeOutput: () => 0,
    read(path) {
      try {
        const file = openSync(
          path,
          constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
        );
        try {
          const stats = fstatSync(file);
          if (!stats.isFile() || stats.size > largestFile) return undefined;
          return { text: readFileSync(file, "utf8"), uid: stats.uid, mode: stats.mode & 0o7777 };
        } finally {
          closeSync(file);
        }
      } catch {
        return undefined;
      }
    },
    stamp(path) {
      try {
        const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
        return stampOf({ mtime: mtimeNs, ctime: ctimeNs, size, ino });
      } catch {
        return stampOf("absent");
      }
    },
    owner(path) {
      try {
        return process.geteuid && statSync(path).uid;
      } catch {
        return undefined;
      }
    },
  };
}

import { FileLogins } from "../../src/logins/encrypted-file.ts";
import { KeychainLogins } from "../../src/logins/keychain.ts";
import { inParts } from "../../src/store/keychain/chunks.ts";
import { MemoryEntries } from "../support/fakes/memory-entries.ts";
import { MemoryLogins } from "../support/fakes/memory-logins.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";
import { loginsContract } from "./contract.ts";

describe("logins to hosts outside ECR", () => {
  const folder = useTempFolder();
  let memory: MemoryLogins;
  let entries: MemoryEntries;
  beforeEach(() => {
    memory = new MemoryLogins();
    entries = new MemoryEntries(2560);
  });
  let writings = 0;
  const parted = () => inParts(entries, 2560, () => String(++writings));

  loginsContract("the store in memory", () => memory);
  loginsContract("the encrypted files", () => new FileLogins(`${folder()}/state`, () => undefined));
  loginsContract(
    "the keychain, with Windows' limit",
    () => new KeychainLogins(`${folder()}/state`, parted(), "go on"),
  );
});

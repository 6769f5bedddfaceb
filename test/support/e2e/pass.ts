import { join } from "node:path";
import { succeeded } from "./command.ts";
import type { Tester } from "./user.ts";

/** Creates a password store of pass for a user, with a gpg key without a passphrase. */
export async function initPass(tester: Tester): Promise<void> {
  const id = "tester@example.com";
  const key = ["--quick-generate-key", id, "default", "default", "never"];
  const folder = join(tester.home, ".gnupg");
  succeeded(await tester.run(["mkdir", "-m", "700", folder]));
  succeeded(await tester.run(["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", ...key]));
  succeeded(await tester.run(["pass", "init", id]));
}

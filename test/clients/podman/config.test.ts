import assert from "node:assert/strict";
import { containersFiles, dropInText, namesHelpers } from "../../../src/clients/podman/config.ts";

const files = (env: Record<string, string>, platform = "linux") => containersFiles(env, "/h", 7, platform);

describe("the files of podman, skopeo and buildah", () => {
  it("are configured in a folder that no logout empties, with the file that is read first", () => {
    assert.equal(files({}).auth, "/h/.config/containers/auth.json");
    assert.equal(files({}).first, "/run/containers/7/auth.json");
    assert.equal(files({ XDG_RUNTIME_DIR: "/run/user/7" }).first, "/run/user/7/containers/auth.json");
    assert.equal(files({ XDG_CONFIG_HOME: "/c" }).auth, "/c/containers/auth.json");
  });

  it("are the one in REGISTRY_AUTH_FILE", () => {
    const { auth, first } = files({ REGISTRY_AUTH_FILE: "/x.json", XDG_RUNTIME_DIR: "/run/user/7" });
    assert.deepEqual([auth, first], ["/x.json", undefined]);
  });

  it("are one on macOS", () => {
    const { auth, first } = files({ XDG_CONFIG_HOME: "/c" }, "darwin");
    assert.deepEqual([auth, first], ["/h/.config/containers/auth.json", undefined]);
  });

  it("have the drop-in below HOME, even if XDG_CONFIG_HOME is set", () => {
    const { dropIn } = files({ XDG_CONFIG_HOME: "/c" });
    assert.equal(dropIn, "/h/.config/containers/registries.conf.d/50-docker-credential-ecr.conf");
  });

  it("show whether helpers are set", () => {
    assert.ok(namesHelpers(dropInText));
    assert.ok(namesHelpers('unqualified-search-registries = ["x"]\n  credential-helpers=["pass"]\n'));
    for (const key of [
      '"credential-helpers"',
      "'Credential-Helpers'",
      "CREDENTIAL-HELPERS",
      "\ufeffcredential-helpers",
    ]) {
      assert.ok(namesHelpers(`${key} = ["pass"]\n`), key);
    }
    assert.ok(!namesHelpers('# credential-helpers = ["pass"]\nunqualified-search-registries = ["x"]\n'));
  });
});

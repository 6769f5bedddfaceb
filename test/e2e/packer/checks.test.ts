import { readdirSync } from "node:fs";
import { succeeded } from "../../support/e2e/command.ts";
import { needs } from "../../support/e2e/needs.ts";
import { example, packer } from "../../support/e2e/packer.ts";
import { newTester } from "../../support/e2e/user.ts";

const templates = readdirSync(example("packer")).filter((name) => name.endsWith(".pkr.hcl"));

describe("templates in examples/packer", () => {
  needs("packer");

  for (const template of templates) {
    it(`${template} is valid, without an AWS account`, async () => {
      // Any file will do for the archive that does not exist before somebody makes it.
      const variables = template === "ami-install.pkr.hcl" ? { checkout: example("pipeline.sh") } : {};
      succeeded(await packer(newTester(), ["validate"], template, variables));
    });

    it(`${template} is formatted by 'packer fmt'`, async () => {
      succeeded(await packer(newTester(), ["fmt", "-check", "-diff"], template));
    });
  }
});

describe("shell scripts in examples", () => {
  needs("shellcheck");

  for (const script of ["pipeline.sh", "packer/files/bake.sh"]) {
    it(`${script} passes shellcheck`, async () => {
      succeeded(await newTester().run(["shellcheck", example(script)]));
    });
  }
});

/**
 * The text of a config.yaml to begin with, all of it comments but the version.
 *
 * @param schema the path of the JSON Schema, for editors; absent: it is not installed
 */
export function configTemplate(schema?: string): string {
  return `${schemaLine(schema)}version: 1
# Check this file with: docker-credential-ecr config check

# How long a token must be valid at least when a build gets it.
# minValidity: 1h

# Who asks AWS, each under a name of your choice.
# identities:
#   ci:   { profile: ci }
#   pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: ci }

# Which identity serves an account's registries; with regions they are kept fresh before the first pull.
# registries:
#   - account: "111122223333"
#     regions: [us-east-1]
#     identity: ci
#   - account: "*"
#     identity: pull
`;
}

/** For yaml-language-server, which most editors have: https://github.com/redhat-developer/yaml-language-server */
export function schemaLine(schema: string | undefined): string {
  return schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
}

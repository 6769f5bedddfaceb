/**
 * A new config.yaml: the version, and examples in comments.
 *
 * @param schema the path of the JSON Schema, for editors; absent if it is not installed
 */
export function configTemplate(schema?: string): string {
  return `${schemaLine(schema)}version: 1
# Check this file with: docker-credential-ecr config check

# The minimum remaining life of a token that a build gets.
# minValidity: 1h

# The AWS identities, each with a name of your choice.
# identities:
#   ci:   { profile: ci }
#   pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: ci }

# The identity for an account's registries. With regions, tokens are kept fresh before the first pull.
# registries:
#   - account: "111122223333"
#     regions: [us-east-1]
#     identity: ci
#   - account: "*"
#     identity: pull
`;
}

/** For yaml-language-server, which most editors use: https://github.com/redhat-developer/yaml-language-server */
export function schemaLine(schema: string | undefined): string {
  return schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
}

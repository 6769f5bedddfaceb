/** A complete config.yaml. */
export const example = `version: 1
minValidity: 1h
identities:
  ci:        { profile: ci }
  prod-pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: ci }
registries:
  - account: "111122223333"
    regions: [us-east-1]
    identity: ci
    replication: { follow: true, identity: prod-pull }
  - account: "444455556666"
    regions: [us-west-2, eu-west-1]
    identity: prod-pull
  - host: public.ecr.aws
aliases:
  images.example.com: 111122223333.dkr.ecr.us-east-1.amazonaws.com
fallback: keychain
store: file
outputs:
  - dockerConfig: /srv/ci/.docker/config.json
`;

import type { Service } from "../../src/service/service.ts";

/** A user's own service, with changes. */
export function serviceOf(more: Partial<Service> = {}): Service {
  return {
    isSystem: false,
    account: { name: "ci", uid: 1000, home: "/home/ci" },
    program: "/usr/local/bin/docker-credential-ecr",
    splay: "2m",
    environment: [],
    ...more,
  };
}

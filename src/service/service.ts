/** The daemon as a service of an operating system. */
export interface Service {
  /** Started at boot and run as the account; else the account's own service manager runs it. */
  readonly isSystem: boolean;
  /** The owner of the tokens. */
  readonly account: Account;
  /** The absolute path of this program. */
  readonly program: string;
  /** The value of `daemon --splay`. */
  readonly splay: string;
  /** Nothing secret: every user can read a unit. */
  readonly environment: readonly Variable[];
}

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

export interface Variable {
  readonly name: string;
  readonly value: string;
}

export const serviceName = "docker-credential-ecr";

/** The name of a service: one for each user, and one for each account that a system service runs as. */
export function nameOf({ isSystem, account }: Pick<Service, "isSystem" | "account">): string {
  return isSystem ? `${serviceName}-${account.name}` : serviceName;
}

/** The first words of every file that this program writes for a service manager: it never touches other files. */
export const signature = `Written by ${serviceName} service install`;

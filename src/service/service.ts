/** The daemon as a service of an operating system. */
export interface Service {
  /** Started at boot and run as the account; else the account's own service manager runs it. */
  readonly isSystem: boolean;
  /** Whose tokens it keeps. */
  readonly account: Account;
  /** The absolute path of this program. */
  readonly program: string;
  /** What `daemon --splay` takes. */
  readonly splay: string;
  /** Nothing secret: whoever may look at a unit may read it. */
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

/** What a service is called: one a user, and one for each account that the system keeps tokens for. */
export function nameOf({ isSystem, account }: Pick<Service, "isSystem" | "account">): string {
  return isSystem ? `${serviceName}-${account.name}` : serviceName;
}

/** The first words of every file that this program makes for a service manager: others are left alone. */
export const signature = `Written by ${serviceName} service install`;

import type { Service } from "./service.ts";

/** systemd or launchd, for one service of this program. */
export interface ServiceManager {
  /** The path of the file that describes the service. */
  readonly path: string;
  text(service: Service): string;
  /** @throws Failure if the manager does not run here, or can't be reached */
  require(): Promise<void>;
  /**
   * Registers the service, starts it now and at each boot or login.
   *
   * @param isChanged the file was written: a running service is restarted
   * @throws Failure SERVICE_FAILED
   */
  start(isChanged: boolean): Promise<void>;
  /** Stops the service and disables it; it may be unknown. */
  stop(): Promise<void>;
  /** Makes the manager forget a service whose file has been removed. */
  forget(): Promise<void>;
  state(): Promise<ServiceState>;
  /** What the user should know after an installation. */
  notes(): Promise<readonly string[]>;
}

export interface ServiceState {
  readonly isRunning: boolean;
  /** Its process, if the manager reports it. */
  readonly pid?: number;
  /** One line for the user. */
  readonly line: string;
}

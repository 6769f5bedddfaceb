import type { Service } from "./service.ts";

/** systemd or launchd, as far as one service of ours goes. */
export interface ServiceManager {
  /** Of the file that describes the service. */
  readonly path: string;
  text(service: Service): string;
  /** @throws Failure where the manager does not run here, or can't be reached */
  require(): Promise<void>;
  /**
   * Makes it known, starts it now and at each boot or login.
   *
   * @param isChanged the file was written: what runs is started anew
   * @throws Failure SERVICE_FAILED
   */
  start(isChanged: boolean): Promise<void>;
  /** Ends it and starts it no more; it may be unknown. */
  stop(): Promise<void>;
  /** Makes the manager forget a service whose file is gone. */
  forget(): Promise<void>;
  state(): Promise<ServiceState>;
  /** What else there is to know after an installation. */
  notes(): Promise<readonly string[]>;
}

export interface ServiceState {
  readonly isRunning: boolean;
  /** For a person, in one line. */
  readonly line: string;
}

/** Who waits behind the locks of an export. */
export interface Blocking {
  /** Backends, those included that wait behind one that waits. */
  waiting: number;
  longestWaitSeconds: number;
}

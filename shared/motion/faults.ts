/** What may be wrong with a controller; the screen has the sentence `fault.<code>` for each. */
export const faultCodes = [
  /** Nothing answers at the port or address that was set. */
  'controller-not-found',
  'port-busy',
  'port-not-permitted',
  /** It answered before and does not any more: where it is and whether it moves is unknown. */
  'controller-silent',
  /** The cable is out, or the connection closed. */
  'controller-gone',
  /** The process that plays the microscope has ended; it is started again, and where it is then is read anew. */
  'simulator-gone',
  /** What comes back is no answer of this controller. */
  'controller-garbled',
  'command-refused',
  'value-out-of-range',
  'queue-full',
  'limit-switch',
  /** Somebody else uses the microscope's own server. */
  'controller-locked',
  /** It cannot change objectives by itself. */
  'no-turret',
] as const;
export type FaultCode = (typeof faultCodes)[number];

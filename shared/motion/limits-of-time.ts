/** How long things may take or last on the motion link; the reasons are in docs/decisions/0050-motion.md. */

/** An accepted intent drives for at most this long, and no controller is given a longer finite move. */
export const INTENT_LIFETIME_MS = 120;
/** What is moving when intents stop has come to rest within this time. */
export const MAXIMUM_RAMP_DOWN_MS = 60;
/** From the last accepted intent to standstill, all included. */
export const MAXIMUM_HALT_MS = 250;
/** A velocity echoes a nonce the device host issued at most so long ago. */
export const MAXIMUM_NONCE_AGE_MS = 500;
/** A step, a target or a hold of a procedure needs no hand-eye loop and may come over a slower link. */
export const MAXIMUM_STEP_NONCE_AGE_MS = 2000;
/** Steering by velocity on a picture older than this is steering blind. */
export const MAXIMUM_FRAME_AGE_MS = 500;
export const MAXIMUM_ROUND_TRIP_MS = 500;
/** Above this the pathologist is warned. */
export const WARNING_ROUND_TRIP_MS = 300;
/** How often a page repeats an intent that is still meant. */
export const INTENT_INTERVAL_MS = 40;
/** How often the device host tells position, state and a fresh nonce. */
export const TELEMETRY_INTERVAL_MS = 40;
/** A lease nobody renews ends after this. */
export const LEASE_LIFETIME_MS = 2000;
export const LEASE_RENEWAL_MS = 500;

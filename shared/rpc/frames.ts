import { z } from 'zod';

/** Every reason a call can fail for. The screen looks its sentence up as `errors.<code>`. */
export const rpcErrorCodes = [
  'invalid-input',
  'not-found',
  'conflict',
  'not-permitted',
  'cancelled',
  'timeout',
  'unavailable',
  'disconnected',
  'internal',
] as const;

export type RpcErrorCode = (typeof rpcErrorCodes)[number];

const CallId = z.number().int().nonnegative();

const WireError = z.strictObject({
  code: z.enum(rpcErrorCodes),
  /** For developers; never carries patient data or a stack. */
  message: z.string(),
  /** Finds the full entry in the backend's log when `code` is `internal`. */
  reference: z.string().optional(),
  /** Code of what has to change outside the program before the call can succeed: a disk is full, say. */
  problem: z.string().optional(),
});

export const Frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id: CallId, name: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id: CallId }),
  z.strictObject({ type: z.literal('result'), id: CallId, output: z.unknown() }),
  z.strictObject({ type: z.literal('failure'), id: CallId, error: WireError }),
  z.strictObject({ type: z.literal('event'), name: z.string(), payload: z.unknown() }),
]);

export type Frame = z.infer<typeof Frame>;
export type CallFrame = Extract<Frame, { type: 'call' }>;

/** What both ends of a connection need from whatever carries their frames. */
export interface Port {
  send(frame: Frame): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
}

export class RpcError extends Error {
  readonly code: RpcErrorCode;
  readonly reference: string | undefined;
  readonly problem: string | undefined;

  constructor(
    code: RpcErrorCode,
    message: string,
    { reference, problem }: { reference?: string | undefined; problem?: string | undefined } = {},
  ) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.reference = reference;
    this.problem = problem;
  }
}

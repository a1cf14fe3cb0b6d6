/** To the broker process, once. */
export interface BrokerOrder {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

export type BrokerReport =
  | { readonly event: 'listening'; readonly port: number }
  | { readonly event: 'failed'; readonly code: string };

import { QueryClientProvider, skipToken, useMutation, useQuery } from '@tanstack/react-query';
import type { QueryClient, UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { InputOf, MethodName, OutputOf } from '#shared/rpc/contract.ts';
import type { RpcError } from '#shared/rpc/frames.ts';
import type { BackendConnection, ConnectionState } from './backend-connection.ts';
import type { BackendClient } from './connection.ts';

type Connection = BackendConnection<BackendContracts>;
type ServiceName = keyof BackendContracts;

const ConnectionContext = createContext<Connection | undefined>(undefined);

export interface BackendProviderProps {
  readonly connection: Connection;
  readonly queryClient: QueryClient;
  readonly children: ReactNode;
}

export function BackendProvider({ connection, queryClient, children }: BackendProviderProps) {
  return (
    <ConnectionContext value={connection}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </ConnectionContext>
  );
}

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext);
  if (!connection) throw new Error('no BackendProvider around this component');
  return connection;
}

export function useBackend(): BackendClient {
  return useConnection().client;
}

export function useConnectionState(): ConnectionState {
  const connection = useConnection();
  return useSyncExternalStore(
    (listener) => connection.subscribe(listener),
    () => connection.state,
  );
}

type AnyMethod = (input: unknown, options?: { signal?: AbortSignal }) => Promise<unknown>;

function methodOf(client: BackendClient, service: string, name: string): AnyMethod {
  const method = (client as unknown as Record<string, Record<string, AnyMethod>>)[service]?.[name];
  if (!method) throw new Error(`no method ${service}.${name}`);
  return method;
}

/**
 * The answer to a reading call, asked again when a fact makes it out of date. No input: not asked.
 * `keepPrevious` shows the answer to the last input until the new one is there.
 */
export function useCall<S extends ServiceName, N extends MethodName<BackendContracts[S]>>(
  service: S,
  name: N,
  input: InputOf<BackendContracts[S], N> | undefined,
  options: { readonly keepPrevious?: boolean } = {},
): UseQueryResult<OutputOf<BackendContracts[S], N>, RpcError> {
  const client = useBackend();
  const answer = useQuery<unknown, RpcError>({
    queryKey: callKey(service, name, input),
    queryFn:
      input === undefined ? skipToken : ({ signal }) => methodOf(client, service, name)(input, { signal }),
    ...(options.keepPrevious && { placeholderData: (previous: unknown) => previous }),
  });
  return answer as UseQueryResult<OutputOf<BackendContracts[S], N>, RpcError>;
}

/** The key an answer is kept under. */
export function callKey(service: ServiceName, name: string, input: unknown): readonly unknown[] {
  return [service, name, input];
}

/** A call that changes something; never repeated by itself. */
export function useChange<S extends ServiceName, N extends MethodName<BackendContracts[S]>>(
  service: S,
  name: N,
): UseMutationResult<OutputOf<BackendContracts[S], N>, RpcError, InputOf<BackendContracts[S], N>> {
  const client = useBackend();
  return useMutation({
    mutationFn: (input: InputOf<BackendContracts[S], N>) =>
      methodOf(client, service, name)(input) as Promise<OutputOf<BackendContracts[S], N>>,
  });
}

import type { z } from 'zod';

export interface MethodDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly kind: 'method';
  readonly input: Input;
  readonly output: Output;
}

export interface EventDefinition<Payload extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly payload: Payload;
}

/** One service: its methods and the facts it announces. */
export type Contract = Readonly<Record<string, MethodDefinition | EventDefinition>>;

/** All services of one end of a connection, by service name. */
export type Contracts = Readonly<Record<string, Contract>>;

export function method<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): MethodDefinition<Input, Output> {
  return { kind: 'method', input, output };
}

export function event<Payload extends z.ZodType>(payload: Payload): EventDefinition<Payload> {
  return { kind: 'event', payload };
}

export type MethodName<C extends Contract> = {
  [Name in keyof C]: C[Name] extends MethodDefinition ? Name : never;
}[keyof C] &
  string;

export type EventName<C extends Contract> = {
  [Name in keyof C]: C[Name] extends EventDefinition ? Name : never;
}[keyof C] &
  string;

export type InputOf<C extends Contract, Name extends keyof C> =
  C[Name] extends MethodDefinition<infer Input> ? z.input<Input> : never;

/** The input as a service sees it, after defaults have been filled in. */
export type ParsedInputOf<C extends Contract, Name extends keyof C> =
  C[Name] extends MethodDefinition<infer Input> ? z.output<Input> : never;

export type OutputOf<C extends Contract, Name extends keyof C> =
  C[Name] extends MethodDefinition<z.ZodType, infer Output> ? z.output<Output> : never;

export type PayloadOf<C extends Contract, Name extends keyof C> =
  C[Name] extends EventDefinition<infer Payload> ? z.output<Payload> : never;

/** What every service method receives beside its input. */
export interface CallContext<Caller> {
  readonly signal: AbortSignal;
  readonly caller: Caller;
}

/** The interface a service has to satisfy; derived from its contract, never written by hand. */
export type Service<C extends Contract, Caller> = {
  readonly [Name in MethodName<C>]: (
    input: ParsedInputOf<C, Name>,
    context: CallContext<Caller>,
  ) => OutputOf<C, Name> | Promise<OutputOf<C, Name>>;
};

export type Services<Cs extends Contracts, Caller> = {
  readonly [Name in keyof Cs]: Service<Cs[Name], Caller>;
};

/** Announces facts of all services to whoever listens. */
export interface Announcer<Cs extends Contracts> {
  announce<S extends keyof Cs & string, E extends EventName<Cs[S]>>(
    service: S,
    eventName: E,
    payload: PayloadOf<Cs[S], E>,
  ): void;
}

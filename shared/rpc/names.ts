/** Calls of the connection itself; `$` cannot start a service name. */
export const HELLO = '$hello';
export const SUBSCRIBE = '$subscribe';
export const UNSUBSCRIBE = '$unsubscribe';

/** 'archive.listStudies' -> ['archive', 'listStudies'] */
export function splitName(name: string): [service: string, member: string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

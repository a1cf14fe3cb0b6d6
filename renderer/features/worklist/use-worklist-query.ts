import { useCallback, useEffect, useMemo, useState } from 'react';
import { goTo, useAddress } from '#renderer/ui/address.ts';
import { dayOf, readQuery, writeQuery } from './worklist-query.ts';
import type { WorklistQuery } from './worklist-query.ts';

/** The query lives in the address, so that it survives a reload and can be handed on. */
export function useWorklistQuery(): [WorklistQuery, (change: Partial<WorklistQuery>) => void] {
  const address = useAddress();
  const query = useMemo(() => readQuery(address.query), [address.query]);
  const change = useCallback(
    (part: Partial<WorklistQuery>) => goTo(['reading'], writeQuery({ ...query, ...part }), { replace: true }),
    [query],
  );
  return [query, change];
}

const MINUTE_MS = 60_000;

/** The day at this workstation as YYYYMMDD; turns over at midnight while the list stays open. */
export function useToday(): string {
  const [today, setToday] = useState(() => dayOf(new Date()));
  useEffect(() => {
    const timer = setInterval(() => setToday(dayOf(new Date())), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return today;
}

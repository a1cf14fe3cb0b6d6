import { useQueries, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { callKey, useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import type { StudyFilter, StudySort, StudySummary } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { RpcError } from '#shared/rpc/frames.ts';

const PAGE_ROWS = 100;
/** Largest answer the archive gives, for walking over many rows. */
const WALK_ROWS = 1000;

export interface RowsQuery {
  readonly filter: StudyFilter;
  readonly sort: StudySort;
}

interface Page {
  readonly total: number;
  readonly studies: readonly StudySummary[];
}

/** The rows of a list that is far too long to be fetched: only the pages in sight are here. */
export interface StudyRows {
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  /** What the rows answer; an older query until the answer to a new one is there. */
  readonly shown: RowsQuery;
  readonly error: RpcError | null;
  readonly at: (index: number) => StudySummary | undefined;
  /** Only among the pages that are here. */
  readonly indexOf: (key: StudyKey) => number | undefined;
  /** The studies of a range of rows, fetched where they are not here. */
  readonly loadKeys: (first: number, last: number) => Promise<readonly StudyKey[]>;
}

/** First and last row in sight. */
export type RowRange = readonly [first: number, last: number];

export function useStudyRows(wanted: RowsQuery, range: RowRange): StudyRows {
  const client = useBackend();
  const queryClient = useQueryClient();
  const first = useCall('archive', 'listStudies', pageInput(wanted, 0), { keepPrevious: true });
  // Rows of the last query stay until those of the new one can take their place at once.
  const [shown, setShown] = useState(wanted);
  if (shown !== wanted && first.data && !first.isPlaceholderData) setShown(wanted);

  const pages = useMemo(() => pagesOf(range), [range]);
  const combine = useCallback(
    (results: UseQueryResult[]) => gather(results as UseQueryResult<Page>[], pages),
    [pages],
  );
  const { total, byPage } = useQueries({
    queries: pages.map((page) => {
      const input = pageInput(shown, page);
      return {
        queryKey: callKey('archive', 'listStudies', input),
        queryFn: ({ signal }: { signal: AbortSignal }) => client.archive.listStudies(input, { signal }),
      };
    }),
    combine,
  });

  return useMemo(
    () => ({
      total: total ?? (shown === wanted ? undefined : first.data?.total),
      shown,
      error: first.error,
      at: (index) => byPage.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS],
      indexOf: (key) => {
        for (const [page, studies] of byPage) {
          const index = studies.findIndex((study) => study.studyKey === key);
          if (index >= 0) return page * PAGE_ROWS + index;
        }
        return undefined;
      },
      loadKeys: async (from, to) => {
        const keys: StudyKey[] = [];
        for (let offset = from; offset <= to; offset += WALK_ROWS) {
          const input = {
            ...shown.filter,
            sort: shown.sort,
            offset,
            limit: Math.min(WALK_ROWS, to - offset + 1),
          };
          const { studies } = await queryClient.fetchQuery({
            queryKey: callKey('archive', 'listStudies', input),
            queryFn: () => client.archive.listStudies(input),
            gcTime: 0,
          });
          keys.push(...studies.map((study) => study.studyKey));
        }
        return keys;
      },
    }),
    [total, byPage, shown, wanted, first.data, first.error, client, queryClient],
  );
}

function pageInput({ filter, sort }: RowsQuery, page: number) {
  return { ...filter, sort, offset: page * PAGE_ROWS, limit: PAGE_ROWS };
}

/** The first page always; further ones from a little before to a little after what is in sight. */
function pagesOf([first, last]: RowRange): readonly number[] {
  const margin = PAGE_ROWS / 4;
  const pages = new Set([0]);
  const end = Math.floor((last + margin) / PAGE_ROWS);
  for (let page = Math.max(0, Math.floor((first - margin) / PAGE_ROWS)); page <= end; page++) pages.add(page);
  return [...pages];
}

function gather(results: readonly UseQueryResult<Page>[], pages: readonly number[]) {
  const byPage = new Map<number, readonly StudySummary[]>();
  let newest: { total: number; atMs: number } | undefined;
  for (const [index, { data, dataUpdatedAt }] of results.entries()) {
    const page = pages[index];
    if (!data || page === undefined) continue;
    byPage.set(page, data.studies);
    if (!newest || dataUpdatedAt > newest.atMs) newest = { total: data.total, atMs: dataUpdatedAt };
  }
  return { total: newest?.total, byPage };
}

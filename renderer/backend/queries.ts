import { QueryClient, onlineManager } from '@tanstack/react-query';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { EventName } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { BackendConnection } from './backend-connection.ts';
import type { BackendClient } from './connection.ts';

/** [service, method], or a whole service. */
type QueryPrefix = readonly [service: keyof BackendContracts, method?: string];

type Invalidations = {
  readonly [S in keyof BackendContracts]?: {
    readonly [E in EventName<BackendContracts[S]>]?: readonly QueryPrefix[];
  };
};

const studyAnswers: readonly QueryPrefix[] = [
  ['archive', 'listStudies'],
  ['archive', 'countStudies'],
  ['archive', 'describeStudy'],
  ['archive', 'listConflicts'],
  ['archive', 'listSamePatientCandidates'],
  ['archive', 'listBin'],
];
const jobAnswers: readonly QueryPrefix[] = [
  ['archive', 'listJobs'],
  ['archive', 'storageSummary'],
];

/** Which answers a fact makes out of date. A feature that adds a contract adds its lines. */
const invalidatedBy: Invalidations = {
  archive: {
    studyChanged: studyAnswers,
    studiesRemoved: studyAnswers,
    importEnded: [
      ['archive', 'listImports'],
      ['archive', 'storageSummary'],
    ],
    verifyEnded: jobAnswers,
    backupEnded: jobAnswers,
  },
  settings: { settingsChanged: [['settings', 'get']] },
  viewing: {
    annotationsChanged: [['viewing', 'listAnnotations']],
    keyImagesChanged: [['viewing', 'listKeyImages']],
    preferencesChanged: [['viewing', 'getPreferences']],
  },
};

const GATHERING_MS = 250;

/** Answers of the backend, kept until a fact or a lost connection makes them out of date. */
export function createQueryClient(connection: BackendConnection<BackendContracts>): QueryClient {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && error instanceof RpcError && error.code === 'timeout',
        structuralSharing: true,
      },
      // A change is never repeated silently; without a connection it fails at once with its sentence.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  onlineManager.setEventListener((setOnline) => {
    const follow = () => setOnline(connection.state.kind === 'connected');
    follow();
    return connection.subscribe(follow);
  });
  let wasLost = false;
  connection.subscribe(() => {
    if (connection.state.kind === 'lost') wasLost = true;
    if (connection.state.kind === 'connected' && wasLost) void queryClient.invalidateQueries();
  });
  followFacts(connection.client, queryClient);
  return queryClient;
}

/** An import announces many facts a second: they are gathered, and a running query is waited for. */
function followFacts(client: BackendClient, queryClient: QueryClient): void {
  const outdated = new Map<string, QueryPrefix>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = () => {
    timer = undefined;
    for (const [text, queryKey] of outdated) {
      if (queryClient.isFetching({ queryKey }) > 0) continue;
      outdated.delete(text);
      void queryClient.invalidateQueries({ queryKey });
    }
    if (outdated.size > 0) timer = setTimeout(refresh, GATHERING_MS);
  };
  for (const [service, events] of Object.entries(invalidatedBy)) {
    const { on } = client[service as keyof BackendContracts] as {
      on: (name: string, run: () => void) => void;
    };
    for (const [eventName, prefixes] of Object.entries(events)) {
      on(eventName, () => {
        for (const prefix of prefixes) outdated.set(prefix.join('.'), prefix);
        timer ??= setTimeout(refresh, GATHERING_MS);
      });
    }
  }
}

import { statSync, statfsSync } from 'node:fs';
import path from 'node:path';
import type { Statement } from 'better-sqlite3';
import type { Place, StorageSummary } from '#shared/contract/storage.ts';
import { DATABASE_FILE } from '#backend/database/open.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

export interface EvictionSettings {
  readonly enabled: boolean;
  readonly maximumBytes: number;
}

/** How full the archive is and what of it exists elsewhere. */
export function createStorage(database: ArchiveDatabase, dataDir: string, evictedBytes: () => number) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const sums = prepare<{ is_in_bin: number; studies: number; instances: number; bytes: number }>(`
    SELECT is_in_bin, count(*) AS studies, sum(instance_count) AS instances, sum(byte_count) AS bytes
    FROM studies GROUP BY is_in_bin`);
  const uncopied = prepare<{ count: number }>(
    'SELECT count(*) AS count FROM studies WHERE is_in_bin = 0 AND copied_count < instance_count',
  );
  const evicted = prepare<{ count: number }>('SELECT count(*) AS count FROM studies WHERE evicted_count > 0');
  const places = prepare<{ kind: Place['kind']; name: string; confirmed_at_ms: number }>(
    'SELECT kind, name, confirmed_at_ms FROM places ORDER BY confirmed_at_ms DESC',
  );
  const lastVerify = prepare<{ ended_at_ms: number; problem_count: number }>(
    'SELECT ended_at_ms, problem_count FROM verify_runs ORDER BY ended_at_ms DESC LIMIT 1',
  );

  return {
    summary(eviction: EvictionSettings): StorageSummary {
      const rows = sums.all();
      const listed = rows.find((row) => row.is_in_bin === 0);
      const inBin = rows.find((row) => row.is_in_bin === 1);
      const disk = statfsSync(dataDir);
      const verify = lastVerify.get();
      const storedBytes = rows.reduce((sum, row) => sum + row.bytes, 0) - evictedBytes();
      return {
        studies: listed?.studies ?? 0,
        instances: listed?.instances ?? 0,
        byteCount: storedBytes,
        databaseByteCount: ['', '-wal'].reduce(
          (sum, ending) =>
            sum +
            (statSync(path.join(dataDir, DATABASE_FILE + ending), { throwIfNoEntry: false })?.size ?? 0),
          0,
        ),
        freeByteCount: disk.bavail * disk.bsize,
        inBin: { studies: inBin?.studies ?? 0, byteCount: inBin?.bytes ?? 0 },
        studiesWithoutCopy: uncopied.get()?.count ?? 0,
        places: places
          .all()
          .map(({ kind, name, confirmed_at_ms: lastConfirmedAtMs }) => ({ kind, name, lastConfirmedAtMs })),
        eviction: {
          ...eviction,
          evictedStudies: evicted.get()?.count ?? 0,
          isBlocked: eviction.enabled && storedBytes > eviction.maximumBytes,
        },
        lastVerify: verify ? { endedAtMs: verify.ended_at_ms, problems: verify.problem_count } : null,
      };
    },
  };
}

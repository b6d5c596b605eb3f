import type { Database, Export, SignedIn } from '../api/types';

export const signedIn = (role: 'SUPER_ADMIN' | 'OPS' = 'SUPER_ADMIN', accessToken = 'first'): SignedIn => ({
  accessToken,
  expiresInSeconds: 600,
  user: { id: 'user-1', email: 'admin@localhost', role },
});

export const database = (fields: Partial<Database> = {}): Database => ({
  name: 'main',
  host: 'localhost',
  port: 5432,
  database: 'shop',
  serverVersion: '15.18',
  sizeBytes: 61_300_000,
  pgDumpVersion: '15.18',
  reachable: true,
  problem: null,
  problemCode: null,
  ...fields,
});

const queued = {
  id: 'export-1',
  database: 'main',
  status: 'queued',
  stage: 'waiting',
  progress: {
    percent: 0,
    bytesWritten: 0,
    rowsDone: 0,
    rowsTotal: 0,
    tablesDone: 0,
    tablesTotal: 0,
    currentTable: null,
    etaSeconds: null,
  },
  options: {
    format: 'custom',
    compression: 'zstd',
    compressionLevel: 1,
    jobs: null,
    content: 'all',
    includeSchemas: [],
    excludeSchemas: [],
    includeTables: [],
    excludeTables: [],
    excludeTableData: [],
    noOwner: true,
    noPrivileges: false,
    clean: false,
    maxBytesPerSecond: null,
    verify: 'archive',
    encryptTo: [],
    note: null,
  },
  file: null,
  error: null,
  requestedBy: { id: 'user-1', email: 'admin@localhost', via: 'session' },
  blocking: null,
  attempts: 1,
  queuePosition: 0,
  createdAt: '2026-11-23T02:15:00Z',
  startedAt: null,
  finishedAt: null,
} satisfies Export;

export const exportOf = (fields: Partial<Export> = {}): Export => ({ ...queued, ...fields });

export const running = (percent = 41.7): Export =>
  exportOf({
    status: 'running',
    stage: 'dumping',
    startedAt: '2026-11-23T02:15:00Z',
    progress: {
      percent,
      bytesWritten: 5_500_000,
      rowsDone: 1_234,
      rowsTotal: 9_876,
      tablesDone: 3,
      tablesTotal: 12,
      currentTable: 'public.orders',
      etaSeconds: 75,
    },
  });

export const ready = (): Export =>
  exportOf({
    status: 'ready',
    stage: 'done',
    startedAt: '2026-11-23T02:15:00Z',
    finishedAt: '2026-11-23T02:16:06Z',
    file: {
      name: 'main-2026-11-23T021500Z.dump.zst',
      sizeBytes: 13_107_200,
      sha256: 'c0ffee',
      expiresAt: '2026-11-24T02:16:06Z',
      restoreCommand: 'zstd -dc FILE | pg_restore --dbname=TARGET',
      requires: [],
      proof: { kind: 'archive', at: '2026-11-23T02:16:05Z', tables: 12, rows: null },
    },
  });

export const failed = (code: string, detail = 'pg_dump: error: <b>no</b>'): Export =>
  exportOf({ status: 'failed', error: { code, message: 'pg_dump ended with exit code 1', detail } });

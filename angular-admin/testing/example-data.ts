/** The facts of the fake API: one shop database, one run told state by state. */
export const ADMIN = { id: '0199b7c2-0000-7000-8000-000000000001', email: 'admin@localhost', role: 'SUPER_ADMIN' };
export const OPS = { id: '0199b7c2-0000-7000-8000-000000000002', email: 'astreinte@example.org', role: 'OPS' };

const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export type Fields = Record<string, unknown>;

export const database = (fields: Fields = {}): Fields => ({
  name: 'main',
  host: 'db.internal',
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

const CATALOG: readonly (readonly [string, string, number, number])[] = [
  ['public', 'order_items', 24_300_000, 412_000],
  ['public', 'orders', 14_100_000, 120_400],
  ['audit', 'events', 9_800_000, 98_700],
  ['public', 'products', 6_200_000, 18_000],
  ['public', 'customers', 3_900_000, 41_200],
  ['public', 'addresses', 1_700_000, 44_310],
  ['billing', 'invoices', 720_000, 9_410],
  ['billing', 'payments', 410_000, 9_388],
  ['public', 'reviews', 90_000, 1_204],
  ['public', 'stock', 81_000, 900],
  ['public', 'categories', 16_000, 48],
  ['public', 'coupons', 16_000, 31],
  ['public', 'countries', 16_000, 249],
  ['public', 'Commandes <b>été</b>', 8_192, 3],
  ['public', 'settings', 8_192, 12],
];

export const catalog = (): Fields[] =>
  CATALOG.map(([schema, name, sizeBytes, estimatedRows]) => ({
    schema,
    name,
    kind: 'table',
    sizeBytes,
    estimatedRows,
  }));

/** The catalog of somebody who names tables after what is in them, up to the 63 bytes that PostgreSQL keeps. */
export const longNames = (): Fields[] =>
  catalog().map((table, rank) => ({
    ...table,
    name:
      rank % 2 === 0 ? `customer_order_item_price_history_v${String(rank % 10)}` : 'w'.repeat(61) + String(10 + rank),
  }));

export const manyTables = (): Fields[] =>
  Array.from({ length: 2_000 }, (_, rank) => ({
    schema: `tenant_${String(rank % 40)}`,
    name: `events_${String(rank)}`,
    kind: 'table',
    sizeBytes: Math.round(40_000_000 / (rank + 1)),
    estimatedRows: Math.round(400_000 / (rank + 1)),
  }));

export const estimate = (fields: Fields = {}): Fields => ({
  sizeBytes: 61_300_000,
  tables: 15,
  estimatedFileBytes: 13_200_000,
  estimatedSeconds: 66,
  freeBytes: 42_800_000_000,
  fits: true,
  ...fields,
});

/** The tables of a run that is so far, in percent of all bytes: one after the other. */
export function tablesAt(percent: number, tables: readonly Fields[]): Fields[] {
  const whole = tables.reduce((sum, table) => sum + Number(table['sizeBytes']), 0);
  let before = 0;
  return tables.map(({ schema, name, ...table }) => {
    const [sizeBytes, rowsTotal] = [Number(table['sizeBytes']), Number(table['estimatedRows'])];
    const filled = Math.min(Math.max(((percent / 100) * whole - before) / sizeBytes, 0), 1);
    before += sizeBytes;
    const state = filled === 1 ? 'done' : filled > 0 ? 'dumping' : 'waiting';
    return { schema, name, sizeBytes, rowsTotal, rowsDone: Math.round(filled * rowsTotal), state };
  });
}

export function exportOf(id: string, fields: Fields = {}): Fields {
  return {
    id,
    database: 'main',
    status: 'queued',
    stage: 'waiting',
    progress: {
      percent: 0,
      bytesWritten: 0,
      rowsDone: 0,
      rowsTotal: null,
      tablesDone: 0,
      tablesTotal: null,
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
    requestedBy: { id: ADMIN.id, email: ADMIN.email, via: 'session' },
    blocking: null,
    attempts: 1,
    queuePosition: 1,
    createdAt: minutesAgo(0),
    startedAt: null,
    finishedAt: null,
    ...fields,
  };
}

export const running = (percent: number): Fields => ({
  status: 'running',
  stage: percent < 90 ? 'dumping' : 'verifying',
  progress: {
    percent,
    bytesWritten: Math.round(percent * 131_072),
    rowsDone: Math.round(percent * 8_412.3),
    rowsTotal: 841_230,
    tablesDone: Math.round(percent * 0.15),
    tablesTotal: 15,
    currentTable: percent < 90 ? 'public.orders' : null,
    etaSeconds: Math.round((100 - percent) * 0.6),
  },
  queuePosition: 0,
  startedAt: minutesAgo(0.7),
});

export const ready = (minutes = 0): Fields => ({
  ...running(100),
  status: 'ready',
  stage: 'done',
  file: {
    name: 'main-2026-11-23T021500Z.dump.zst',
    sizeBytes: 13_107_200,
    sha256: SHA256,
    expiresAt: minutesAgo(minutes - 1440),
    restoreCommand: 'zstd -dc FILE | pg_restore --no-owner --exit-on-error --dbname=TARGET',
    requires: [],
  },
  startedAt: minutesAgo(minutes + 1.1),
  finishedAt: minutesAgo(minutes),
});

export const failed = (code: string): Fields => ({
  status: 'failed',
  stage: 'dumping',
  error: {
    code,
    message: 'pg_dump ended with exit code 1',
    detail:
      'pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout\n' +
      'pg_dump: detail: Query was: LOCK TABLE public."Commandes <b>été</b>" IN ACCESS SHARE MODE',
  },
  queuePosition: 0,
  startedAt: minutesAgo(1),
  finishedAt: minutesAgo(0.2),
});

/** A file that was there and was found to be missing. */
export const fileLost = (): Fields => ({
  ...ready(30),
  status: 'expired',
  file: null,
  error: { code: 'file_lost', message: 'The file of this export is gone from the store', detail: null },
});

/** Nights of a database that grows slowly; what came after them is out of line. */
const nightly = (): Fields[] =>
  Array.from({ length: 18 }, (_, night) => {
    const made = ready(4_320 + night * 1_440);
    const sizeBytes = Math.round(8_400_000 * (1 - night * 0.016));
    return exportOf(`0199b7c2-1111-7000-8000-0000000001${String(night).padStart(2, '0')}`, {
      ...made,
      status: 'expired',
      createdAt: minutesAgo(4_322 + night * 1_440),
      startedAt: minutesAgo(4_320 + night * 1_440 + 0.7 - night * 0.012),
      file: { ...(made['file'] as Fields), sizeBytes },
      requestedBy: { id: 'y', email: 'nightly@example.org', via: 'token' },
    });
  });

export const pastExports = (): Fields[] => [
  exportOf('0199b7c2-1111-7000-8000-000000000004', { ...ready(95), createdAt: minutesAgo(97) }),
  exportOf('0199b7c2-1111-7000-8000-000000000003', { ...failed('lock_timeout'), createdAt: minutesAgo(310) }),
  exportOf('0199b7c2-1111-7000-8000-000000000002', {
    status: 'cancelled',
    createdAt: minutesAgo(1_500),
    requestedBy: { id: 'x', email: 'marie.dupont-lefebvre@example.org', via: 'session' },
  }),
  exportOf('0199b7c2-1111-7000-8000-000000000001', {
    ...ready(2_900),
    status: 'expired',
    createdAt: minutesAgo(2_903),
    requestedBy: { id: 'y', email: 'nightly@example.org', via: 'token' },
  }),
  ...nightly(),
];

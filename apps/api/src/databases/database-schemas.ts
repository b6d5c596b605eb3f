import { FAILURE_CODES } from '#lib/domain';
import { RELATION_KINDS } from '#lib/dump-engine';
import { z } from 'zod';

export const Database = z
  .object({
    name: z.string(),
    host: z.string(),
    port: z.int(),
    database: z.string(),
    serverVersion: z.string().nullable(),
    sizeBytes: z.int().nullable(),
    pgDumpVersion: z.string().nullable().meta({ description: 'The client that would dump it' }),
    reachable: z.boolean(),
    problem: z.string().nullable().meta({ description: 'Why it cannot be exported, in words' }),
    problemCode: z
      .enum(FAILURE_CODES)
      .nullable()
      .meta({ description: 'The same for machines: what an export of it would fail with' }),
  })
  .meta({ id: 'Database' });
export type DatabaseView = z.infer<typeof Database>;

export const DatabaseList = z.array(Database).meta({ id: 'DatabaseList' });

/** How a caller names a database; one that is not configured is not found. */
export const DatabaseName = z.string().max(40);

const DatabaseTable = z
  .object({
    schema: z.string(),
    name: z.string(),
    kind: z.enum(RELATION_KINDS),
    sizeBytes: z.int().meta({ description: 'From the catalog, with TOAST; of a partitioned table, of its partitions' }),
    estimatedRows: z.int().meta({ description: 'From the last ANALYZE; 0 before the first' }),
  })
  .meta({ id: 'DatabaseTable' });
export type DatabaseTableView = z.infer<typeof DatabaseTable>;

export const DatabaseTableList = z.array(DatabaseTable).meta({ id: 'DatabaseTableList' });

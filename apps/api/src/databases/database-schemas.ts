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
  })
  .meta({ id: 'Database' });
export type DatabaseView = z.infer<typeof Database>;

export const DatabaseList = z.array(Database).meta({ id: 'DatabaseList' });

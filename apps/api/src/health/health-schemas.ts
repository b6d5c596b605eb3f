import { z } from 'zod';

const Word = z.enum(['up', 'down']);

export const Alive = z.object({ status: z.literal('up') }).meta({ id: 'Alive' });

export const Readiness = z
  .object({
    status: Word,
    parts: z.object({ database: Word, queue: Word, worker: Word, storage: Word }),
    /** How many are there; who they are is nobody's business here. */
    workers: z.int().min(0).meta({ description: 'Workers seen in the last 30 s' }),
  })
  .meta({ id: 'Readiness' });

import { z } from 'zod';

const Word = z.enum(['up', 'down']);

export const Alive = z.object({ status: z.literal('up') }).meta({ id: 'Alive' });

export const Readiness = z
  .object({
    status: Word,
    parts: z.object({ database: Word, queue: Word, worker: Word, storage: Word }),
  })
  .meta({ id: 'Readiness' });

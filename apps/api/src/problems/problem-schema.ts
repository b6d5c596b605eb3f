import { z } from 'zod';

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'For machines' }),
    correlationId: z.string().meta({ description: 'Leads to the request in the log' }),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof Problem>;

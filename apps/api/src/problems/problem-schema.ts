import { REFUSAL_CODES } from '#lib/domain';
import { z } from 'zod';

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(REFUSAL_CODES).meta({ description: 'For machines; later versions may add some' }),
    correlationId: z.string().meta({ description: 'Leads to the request in the log' }),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof Problem>;

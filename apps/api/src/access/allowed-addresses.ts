import { Refusal } from '#lib/domain';
import type { NextFunction, Request, Response } from 'express';
import type { RequestRecord } from '../audit/request-record.js';
import { sendProblem } from '../problems/problem.filter.js';
import { AddressRanges } from './address-ranges.js';

/**
 * Lets requests from these addresses through (`ADMIN_ALLOWED_CIDRS`), before anybody reads what they say.
 * @param record null: nobody writes refusals down
 */
export function onlyFrom(ranges: readonly string[], record: RequestRecord | null) {
  const allowed = new AddressRanges(ranges);
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (allowed.include(request.ip ?? '')) {
      next();
      return;
    }
    const refusal = new Refusal('forbidden', 'This address may not use the API.');
    await record?.refused(request, refusal);
    sendProblem(request, response, refusal);
  };
}

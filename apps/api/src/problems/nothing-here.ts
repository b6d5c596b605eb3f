import { Refusal } from '#lib/domain';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { asRefusal } from './as-refusal.js';
import { sendProblem } from './problem.filter.js';

/** The end of the line, outside the paths that Nest knows: what nobody answered, and what went wrong on the way. */
export function answerTheRest(app: NestExpressApplication): void {
  app.use((request: Request, response: Response) => {
    sendProblem(request, response, new Refusal('not_found', 'There is nothing here.'));
  });
  app.use((error: unknown, request: Request, response: Response, _: NextFunction) => {
    sendProblem(request, response, asRefusal(error));
  });
}

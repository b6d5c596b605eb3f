import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { asRefusal } from './as-refusal.js';
import type { KnownPaths } from './known-paths.js';
import { nothingHere } from './nothing-here.js';
import { sendProblem } from './problem.filter.js';

/** The end of the line, outside the paths that Nest knows: what nobody answered, and what went wrong on the way. */
export function answerTheRest(app: NestExpressApplication, paths: KnownPaths): void {
  app.use((request: Request, response: Response) => {
    sendProblem(request, response, nothingHere(request, response, paths));
  });
  app.use((error: unknown, request: Request, response: Response, _: NextFunction) => {
    sendProblem(request, response, asRefusal(error));
  });
}

import { Refusal } from '#lib/domain';
import type { Request, Response } from 'express';
import type { KnownPaths } from './known-paths.js';

/** What is said where no route answers; the methods that the path does have are in `Allow`. */
export function nothingHere({ method, baseUrl, path }: Request, response: Response, paths: KnownPaths): Refusal {
  // Express takes the path apart where somebody is mounted.
  const allowed = paths.othersThan(method, `${baseUrl}${path}`);
  if (allowed.length === 0) return new Refusal('not_found', 'There is nothing here.');
  response.setHeader('Allow', allowed.join(', '));
  return new Refusal('method_not_allowed', `This path does not take ${method}, but ${allowed.join(', ')}.`);
}

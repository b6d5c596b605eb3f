import { Refusal } from '#lib/domain';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * The `Idempotency-Key` header, if there is one.
 * @throws {Refusal} `invalid_request` for anything but 1 to 255 visible ASCII characters
 */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const key = context.switchToHttp().getRequest<Request>().headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && VISIBLE_ASCII.test(key))) return key;
  throw new Refusal('invalid_request', 'Idempotency-Key: must be 1 to 255 visible ASCII characters');
});

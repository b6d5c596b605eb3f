import { Refusal } from '#lib/domain';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Request } from 'express';
import type { Observable } from 'rxjs';

interface Declared {
  query: boolean;
  body: boolean;
}

const MOST_NAMES = 10;
/** Load balancers and monitors add what they like to the address that they probe. */
const OPERATIONAL = /^\/(health|metrics)(\/|$)/i;

/**
 * Closed by default: a route whose query or body has no schema takes none. Where there is one, it refuses what it does
 * not know. A body without fields says nothing, and some clients send it with every POST.
 */
@Injectable()
export class DeclaredInputs implements NestInterceptor {
  private readonly known = new WeakMap<object, Declared>();

  /** @throws {Refusal} `invalid_request`, naming what is unknown */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { path, query, body } = context.switchToHttp().getRequest<Request<unknown, unknown, unknown>>();
    if (OPERATIONAL.test(path)) return next.handle();
    const declared = this.declaredBy(context);
    if (!declared.query) refuseFields(query);
    if (!declared.body && body !== undefined) refuseFields(body);
    return next.handle();
  }

  private declaredBy(context: ExecutionContext): Declared {
    const handler = context.getHandler();
    const declared = this.known.get(handler) ?? readDeclared(context.getClass(), handler.name);
    this.known.set(handler, declared);
    return declared;
  }
}

/** What the parameters of a handler say, as Nest keeps it: `TYPE:INDEX`, with the schema. */
function readDeclared(controller: object, handler: string): Declared {
  const parameters = Object.entries(
    (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<string, { schema?: unknown }>,
  );
  const has = (type: RouteParamtypes) =>
    parameters.some(([key, { schema }]) => key.startsWith(`${String(type)}:`) && schema !== undefined);
  return { query: has(RouteParamtypes.QUERY), body: has(RouteParamtypes.BODY) };
}

/** @throws {Refusal} `invalid_request`, unless it is an object without fields */
function refuseFields(given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Refusal('invalid_request', 'This route takes no body.');
  }
  const names = Object.keys(given).slice(0, MOST_NAMES);
  if (names.length > 0) throw new Refusal('invalid_request', names.map((name) => `${name}: unknown field`).join('; '));
}

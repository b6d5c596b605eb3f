import { Injectable, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ROUTE_RIGHT, type RouteRight } from './route-right.js';

export interface DeclaredRoute {
  method: string;
  /** As the controllers write it, without the prefix. */
  path: string;
  handler: string;
  right: RouteRight | undefined;
}

/** Closed by default: the application does not start with a route that declares no right. */
@Injectable()
export class RouteInspection implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws {Error} naming every route without a right */
  onModuleInit(): void {
    const open = this.routes().filter(({ right }) => right === undefined);
    if (open.length === 0) return;
    const names = open.map(({ method, path, handler }) => `${method} ${path} (${handler})`);
    throw new Error(`These routes declare no right, so nobody knows who may call them: ${names.join(', ')}`);
  }

  routes(): DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (typeof metatype !== 'function' || typeof instance !== 'object' || instance === null) return [];
      const prefix = pathOf(this.reflector.get<unknown>(PATH_METADATA, metatype));
      const prototype = Object.getPrototypeOf(instance) as Record<string, (...args: unknown[]) => unknown>;
      return this.scanner.getAllMethodNames(prototype).flatMap((name): DeclaredRoute[] => {
        const handler = prototype[name];
        const method = handler && this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
        if (handler === undefined || method === undefined) return [];
        const path = pathOf(this.reflector.get<unknown>(PATH_METADATA, handler));
        return [
          {
            method: RequestMethod[method],
            path: `/${[prefix, path]
              .map((part) => part.replace(/^\/|\/$/g, ''))
              .filter(Boolean)
              .join('/')}`,
            handler: `${metatype.name}.${name}`,
            right: this.reflector.getAllAndOverride<RouteRight | undefined>(ROUTE_RIGHT, [handler, metatype]),
          },
        ];
      });
    });
  }
}

function pathOf(metadata: unknown): string {
  return typeof metadata === 'string' ? metadata : '';
}

import type { DeclaredRoute } from '../access/route-inspection.js';

interface KnownPath {
  pattern: RegExp;
  methods: string[];
}

/**
 * Which methods a path has, for whoever has used another one (RFC 9110 §15.5.6). It is told to everybody, since the
 * description of the API, which is public, says as much; whether there is anything behind an id is not.
 */
export class KnownPaths {
  private readonly paths: KnownPath[];

  /** @param routes with their whole paths; parts that vary as `:id` */
  constructor(routes: readonly Pick<DeclaredRoute, 'method' | 'path'>[]) {
    const methods = new Map<string, string[]>();
    for (const { method, path } of routes) {
      // Express answers HEAD with GET's handler.
      methods.set(path, [...(methods.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
    }
    const literalFirst = [...methods].sort(([one], [other]) => Number(one.includes(':')) - Number(other.includes(':')));
    this.paths = literalFirst.map(([path, each]) => ({ pattern: patternOf(path), methods: each.sort() }));
  }

  /** None: there is no such path, or it has this method. */
  othersThan(method: string, path: string): string[] {
    const found = this.paths.find(({ pattern }) => pattern.test(path))?.methods ?? [];
    return found.includes(method) ? [] : found;
  }
}

/** As Express matches: in any case, with or without a slash at the end. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}/?$`, 'i');
}

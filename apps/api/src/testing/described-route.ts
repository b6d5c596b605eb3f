import { RouteInspection } from '../access/route-inspection.js';
import type { RunningApi } from './running-api.js';

/** A route of the running application, with what its description says that it takes. */
export interface DescribedRoute {
  method: string;
  /** With the prefix; parts that vary as `{id}`. */
  path: string;
  queryNames: string[];
  /** The fields of its body; null: it takes none. */
  bodyNames: string[] | null;
}

interface Schema {
  $ref?: string;
  properties?: object;
}
interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export async function describedRoutes(api: RunningApi): Promise<DescribedRoute[]> {
  const { paths, components } = (await api.call('get', '//api/openapi.json').expect(200)).body as Description;
  const routes = api.app.get(RouteInspection).routes();
  return routes.map(({ method, path }) => {
    const full = `${path.startsWith('/health/') ? '' : '/api/v1'}${path.replace(/:(\w+)/g, '{$1}')}`;
    const { parameters = [], requestBody } = paths[full]?.[method.toLowerCase()] ?? {};
    const schema = requestBody?.content['application/json'].schema;
    const named = schema?.$ref === undefined ? schema : components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return {
      method,
      path: full,
      queryNames: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      bodyNames: schema === undefined ? null : Object.keys(named?.properties ?? {}),
    };
  });
}

export function pathWith({ path }: DescribedRoute, id: string): string {
  return path.replace(/\{\w+\}/g, id);
}

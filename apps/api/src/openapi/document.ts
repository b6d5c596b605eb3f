import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { Problem } from '../problems/problem-schema.js';

const PROBLEM = JSON.stringify({ $ref: '#/components/schemas/Problem' });

/** The OpenAPI 3.1 description of the running application. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('pg-export')
    .setDescription('Snapshots of PostgreSQL databases that are proven to be whole.')
    .setVersion('1')
    .addBearerAuth()
    .addGlobalResponse({ status: 'default', description: 'An error (RFC 9457)', standardSchema: Problem })
    .build();
  const document = SwaggerModule.createDocument(app, options, {
    standardSchemaConverter: (schema, { schemaType }) => convert(schema as z.ZodType, schemaType),
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
  });
  for (const response of responsesOf(document)) nameProblemType(response);
  return document;
}

function responsesOf({ paths }: OpenAPIObject): { content?: Record<string, { schema?: object }> }[] {
  return Object.values(paths)
    .flatMap((path) => [path.get, path.post, path.patch, path.put, path.delete])
    .flatMap((operation) => Object.values(operation?.responses ?? {}))
    .filter((response) => response !== undefined)
    .map((response) => response as { content?: Record<string, { schema?: object }> });
}

/** Nest documents every schema as `application/json`; a problem travels as `application/problem+json`. */
function nameProblemType({ content }: { content?: Record<string, { schema?: object }> }): void {
  const json = content?.['application/json'];
  if (content === undefined || JSON.stringify(json?.schema) !== PROBLEM) return;
  delete content['application/json'];
  content['application/problem+json'] = json ?? {};
}

/** A schema with an id becomes a component of its own; the others stand where they are used. */
function convert(schema: z.ZodType, io: 'input' | 'output') {
  const { $defs, $schema: _, id, ...json } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  const components = { ...$defs, ...(typeof id === 'string' ? { [id]: json } : {}) };
  return {
    schema: typeof id === 'string' ? { $ref: `#/components/schemas/${id}` } : json,
    components: Object.fromEntries(Object.entries(components).map(([name, part]) => [name, withoutId(part)])),
  };
}

function withoutId({ id: _, ...part }: z.core.JSONSchema.BaseSchema) {
  return part;
}

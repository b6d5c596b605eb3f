import type { Content } from './export-options.js';

/** A table by its exact name: no pattern, no search path, no folding of upper case. */
export interface TableName {
  schema: string;
  name: string;
}

/** What of the database is exported: everything, as long as all of them are empty. */
export interface SelectionOptions {
  includeSchemas: string[];
  excludeSchemas: string[];
  includeTables: TableName[];
  excludeTables: TableName[];
  /** Tables that come without their rows. */
  excludeTableData: TableName[];
}

export const SELECTION_OPTIONS = [
  'includeSchemas',
  'excludeSchemas',
  'includeTables',
  'excludeTables',
  'excludeTableData',
] as const satisfies readonly (keyof SelectionOptions)[];

/** Names in one option at most: they all stand in one command line of pg_dump. */
export const MOST_NAMES = 1000;

/** Fills in the defaults; a name that was given twice counts once. */
export function completeSelection(requested: Partial<SelectionOptions>): SelectionOptions {
  const once = <Name>(names: readonly Name[] = []) => [
    ...new Map(names.map((name) => [JSON.stringify(name), name])).values(),
  ];
  return {
    includeSchemas: once(requested.includeSchemas),
    excludeSchemas: once(requested.excludeSchemas),
    includeTables: once(requested.includeTables?.map(inOrder)),
    excludeTables: once(requested.excludeTables?.map(inOrder)),
    excludeTableData: once(requested.excludeTableData?.map(inOrder)),
  };
}

/** Whether less than everything is exported. */
export function isFiltered(options: SelectionOptions): boolean {
  return SELECTION_OPTIONS.some((option) => options[option].length > 0);
}

/** As people read it; the names may hold anything. */
export function shownTable({ schema, name }: TableName): string {
  return `${JSON.stringify(schema)}.${JSON.stringify(name)}`;
}

/** What of a selection makes no sense whatever the database holds, in a sentence; null for one that does. */
export function problemOfSelection(selection: SelectionOptions, content: Content): string | null {
  const { includeSchemas, excludeSchemas, includeTables, excludeTables, excludeTableData } = selection;
  const twice = includeSchemas.find((schema) => excludeSchemas.includes(schema));
  if (twice !== undefined) return `The schema ${JSON.stringify(twice)} is in includeSchemas and in excludeSchemas.`;
  for (const [option, tables] of Object.entries({ includeTables, excludeTables, excludeTableData })) {
    const out = tables.find(({ schema }) => includeSchemas.length > 0 && !includeSchemas.includes(schema));
    if (out !== undefined) return `${option} names ${shownTable(out)}, which is not in includeSchemas.`;
    const gone = tables.find(({ schema }) => excludeSchemas.includes(schema));
    if (gone !== undefined) return `${option} names ${shownTable(gone)}, whose schema is in excludeSchemas.`;
  }
  for (const [option, tables] of Object.entries({ includeTables, excludeTableData })) {
    const out = tables.find((table) => hasTable(excludeTables, table));
    if (out !== undefined) return `${shownTable(out)} is in ${option} and in excludeTables.`;
  }
  return content === 'schema' && excludeTableData.length > 0
    ? 'excludeTableData has no meaning with content "schema", which has no rows at all.'
    : null;
}

function inOrder({ schema, name }: TableName): TableName {
  return { schema, name };
}

function hasTable(tables: readonly TableName[], { schema, name }: TableName): boolean {
  return tables.some((table) => table.schema === schema && table.name === name);
}

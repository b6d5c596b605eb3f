import { ExportFailure, isFiltered, type SelectionOptions, shownTable, type TableName } from '#lib/domain';
import type pg from 'pg';
import { type CatalogRelation, readCatalog, type SourceCatalog } from './source-catalog.js';

/** All their names stand in one command line, of which Linux takes 2 MiB. */
const MOST_RELATIONS = 6_000;

/** Why a selection can't be exported from this database. */
export class SelectionProblem extends Error {
  constructor(
    readonly code: 'unknown_table' | 'invalid_options',
    message: string,
  ) {
    super(message);
    this.name = 'SelectionProblem';
  }
}

/** A table's name and what pg_dump, and the queries about it, have to know. */
type Picked = Pick<CatalogRelation, 'oid' | 'schema' | 'name'>;

/**
 * What of a source is exported: names that were found in its catalog, letter by letter, and every partition and every
 * inheriting table of those that have some.
 */
export class Selection {
  private readonly keys: {
    included: ReadonlySet<string>;
    excluded: ReadonlySet<string>;
    withoutRows: ReadonlySet<string>;
  };

  private constructor(
    /** Whether schemas were picked, and so not what belongs to none. */
    private readonly isOfSchemas: boolean,
    /** With pg-export's own, and all that were not picked. */
    readonly excludeSchemas: readonly string[],
    /** The only ones; null for all of the schemas. */
    readonly included: readonly Picked[] | null,
    readonly excluded: readonly Picked[],
    readonly withoutRows: readonly Picked[],
    /** Taken out by their own names, and so not without a reason: themselves, or their rows. */
    readonly named: { excluded: readonly Picked[]; withoutRows: readonly Picked[]; schemas: readonly string[] },
    private readonly encoding: string,
  ) {
    const keys = (tables: readonly Picked[]) => new Set(tables.map(keyOf));
    this.keys = { included: keys(included ?? []), excluded: keys(excluded), withoutRows: keys(withoutRows) };
  }

  /** Everything but pg-export's own schemas. */
  static all(ownSchemas: readonly string[]): Selection {
    return new Selection(false, ownSchemas, null, [], [], { excluded: [], withoutRows: [], schemas: [] }, 'UTF8');
  }

  /** @throws {SelectionProblem} naming what is not in the catalog, or what leaves nothing to export */
  static of(options: SelectionOptions, catalog: SourceCatalog, ownSchemas: readonly string[]): Selection {
    const { includeSchemas, excludeSchemas } = options;
    const unknown = [...includeSchemas, ...excludeSchemas].find((schema) => !catalog.schemas.includes(schema));
    if (unknown !== undefined) throw missing(`schema ${JSON.stringify(unknown)}`);
    // `--schema=public` would make the schema public, which every database has already: a restore stops there.
    const others =
      includeSchemas.length === 0 ? [] : catalog.schemas.filter((schema) => !includeSchemas.includes(schema));
    const family = new Family(catalog.relations);
    const [include, exclude, hollow] = [options.includeTables, options.excludeTables, options.excludeTableData].map(
      (names) => names.map((name) => family.member(name)),
    ) as [CatalogRelation[], CatalogRelation[], CatalogRelation[]];
    const excluded = family.withDescendants(exclude);
    const out = new Set(excluded);
    const included =
      include.length === 0 ? null : family.withDescendants(include).filter((relation) => !out.has(relation));
    if (included?.length === 0) {
      throw new SelectionProblem('invalid_options', 'excludeTables leaves nothing of includeTables to be exported.');
    }
    const selection = new Selection(
      includeSchemas.length > 0,
      [...new Set([...ownSchemas, ...excludeSchemas, ...others])],
      included,
      excluded,
      family.withDescendants(hollow),
      { excluded: exclude, withoutRows: hollow, schemas: excludeSchemas },
      catalog.encoding,
    );
    const idle = hollow.find((table) => !family.withDescendants([table]).some((one) => selection.hasTable(one)));
    if (idle !== undefined) {
      throw new SelectionProblem(
        'invalid_options',
        `excludeTableData names ${shownTable(idle)}, which is not exported at all.`,
      );
    }
    if (selection.relations > MOST_RELATIONS) {
      throw new SelectionProblem(
        'invalid_options',
        `The filters stand for ${String(selection.relations)} names with all partitions; ${String(MOST_RELATIONS)} are possible.`,
      );
    }
    return selection;
  }

  get hasLargeObjects(): boolean {
    return this.included === null && !this.isOfSchemas;
  }

  /** Whether anything is left out but pg-export's own. */
  get isPartial(): boolean {
    return (
      !this.hasLargeObjects || this.excluded.length > 0 || this.withoutRows.length > 0 || this.named.schemas.length > 0
    );
  }

  hasTable(table: TableName): boolean {
    if (this.included !== null) return this.keys.included.has(keyOf(table));
    return !this.excludeSchemas.includes(table.schema) && !this.keys.excluded.has(keyOf(table));
  }

  hasRows(table: TableName): boolean {
    return this.hasTable(table) && !this.keys.withoutRows.has(keyOf(table));
  }

  /** For pg_dump: the names in double quotes, in which a pattern of psql has no special character but the quote. */
  get arguments(): string[] {
    const tables = (option: string, names: readonly Picked[]) =>
      names.map(({ schema, name }) => `${option}=${quoted(schema)}.${quoted(name)}`);
    const schemas = (option: string, names: readonly string[]) => names.map((name) => `${option}=${quoted(name)}`);
    const scope =
      this.included === null
        ? [
            ...schemas('--exclude-schema', this.excludeSchemas),
            ...tables('--exclude-table', this.excluded),
            ...(this.isOfSchemas ? ['--no-blobs', '--no-publications', '--no-subscriptions'] : []),
          ]
        : tables('--table', this.included);
    return [
      // A table that is dropped meanwhile is missed, and not passed over.
      ...(this.included === null ? [] : ['--strict-names']),
      ...scope,
      ...tables('--exclude-table-data', this.withoutRows),
      ...(this.needsUtf8 ? ['--encoding=UTF8'] : []),
    ];
  }

  private get relations(): number {
    const scope = this.included ?? [...this.excluded, ...this.excludeSchemas];
    return scope.length + this.withoutRows.length;
  }

  /** Arguments are UTF-8, and pg_dump takes them to be in the encoding that it dumps in. */
  private get needsUtf8(): boolean {
    const names = [...(this.included ?? []), ...this.excluded, ...this.withoutRows].map(
      ({ schema, name }) => schema + name,
    );
    const all = [...names, ...this.excludeSchemas];
    // eslint-disable-next-line no-control-regex
    return !['UTF8', 'SQL_ASCII'].includes(this.encoding) && all.some((name) => /[^\x00-\x7f]/.test(name));
  }
}

/**
 * Looks the names of an export up.
 * @throws {SelectionProblem}, or what the source answers
 */
export async function resolveSelection(
  client: pg.Client,
  options: SelectionOptions,
  ownSchemas: readonly string[],
): Promise<Selection> {
  if (!isFiltered(options)) return Selection.all(ownSchemas);
  return Selection.of(options, await readCatalog(client, ownSchemas), ownSchemas);
}

/** What was there when the export was asked for, and is not there now. */
export function selectionFailure(problem: SelectionProblem): ExportFailure {
  return new ExportFailure('source_error', 'What was to be exported is not in the database any more.', {
    detail: problem.message,
    cause: problem,
  });
}

/** The relations of a catalog, and who descends from whom. */
class Family {
  private readonly byName: ReadonlyMap<string, CatalogRelation>;
  private readonly children = new Map<number, CatalogRelation[]>();

  constructor(relations: readonly CatalogRelation[]) {
    this.byName = new Map(relations.map((relation) => [keyOf(relation), relation]));
    for (const relation of relations) {
      for (const parent of relation.parents) {
        const children = this.children.get(parent);
        if (children === undefined) this.children.set(parent, [relation]);
        else children.push(relation);
      }
    }
  }

  member(name: TableName): CatalogRelation {
    const found = this.byName.get(keyOf(name));
    if (found === undefined) throw missing(`table ${shownTable(name)}`);
    return found;
  }

  /** Each once, also where one descends from two. */
  withDescendants(relations: readonly CatalogRelation[]): CatalogRelation[] {
    const all = new Set<CatalogRelation>();
    const visit = (relation: CatalogRelation) => {
      if (all.has(relation)) return;
      all.add(relation);
      this.children.get(relation.oid)?.forEach(visit);
    };
    relations.forEach(visit);
    return [...all];
  }
}

function missing(what: string): SelectionProblem {
  return new SelectionProblem('unknown_table', `There is no ${what} that could be exported from the database.`);
}

function keyOf({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

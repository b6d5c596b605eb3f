import { ExportFailure } from '#lib/domain';
import type pg from 'pg';
import type { CatalogTable } from './source-inspection.js';

/** So many are named; one reason may be behind thousands. */
const SHOWN = 20;
/** What pg_restore and pg_dump say with --verbose of each table whose rows they come to; empty tables have an entry, too. */
const ROWS_OF = /^(?:pg_restore: processing data for|pg_dump: dumping contents of) table "(.*)$/;

/**
 * The tables whose rows have to be in a file, ticked off as they are found there. An archive of which a table is missing
 * can be read through without an error.
 */
export class TableRoll {
  private readonly found = new Map<string, number>();
  private count = 0;

  /** @param tables as the catalog had them before pg_dump took its snapshot */
  constructor(private readonly tables: readonly CatalogTable[]) {}

  /** Tables found so far. */
  get size(): number {
    return this.count;
  }

  /** Reads a line of the program's stderr; returns whether it was about a table, and need not be kept. */
  readLine(line: string): boolean {
    const said = ROWS_OF.exec(line)?.[1];
    if (said === undefined) return false;
    const name = said.replace(/"$/, '');
    this.found.set(name, (this.found.get(name) ?? 0) + 1);
    this.count += 1;
    return true;
  }

  /**
   * @param client signed in to the source: a table that was dropped or renamed meanwhile is rightly not there
   * @throws {ExportFailure} `archive_invalid` naming the tables, or as of any question to the source
   */
  async requireAll(client: pg.Client): Promise<void> {
    const missing = this.missing();
    if (missing.length === 0) return;
    const { rows } = await client.query<{ oid: string; name: string }>(
      `SELECT c.oid::text AS oid, n.nspname || '.' || c.relname AS name
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1)`,
      [missing.map(({ oid }) => oid)],
    );
    const standing = new Map(rows.map(({ oid, name }) => [Number(oid), name]));
    const lost = missing
      .map((table) => ({ ...table, is: nameOf(table) }))
      .filter(({ oid, is }) => standing.get(oid) === is);
    if (lost.length === 0) return;
    const more = lost.length - SHOWN;
    throw new ExportFailure(
      'archive_invalid',
      'The file does not hold the rows of every table that was to be dumped.',
      {
        detail: [...lost.slice(0, SHOWN).map(({ is }) => is), ...(more > 0 ? [`and ${String(more)} more`] : [])].join(
          '\n',
        ),
      },
    );
  }

  private missing(): CatalogTable[] {
    const left = new Map(this.found);
    return this.tables.filter((table) => {
      // A name with a line break in it is said on several lines, of which the first one counts.
      const [name = ''] = nameOf(table).split(/[\n\r]/);
      const times = left.get(name) ?? 0;
      left.set(name, times - 1);
      return table.hasEntry && times <= 0;
    });
  }
}

function nameOf({ schema, name }: CatalogTable): string {
  return `${schema}.${name}`;
}

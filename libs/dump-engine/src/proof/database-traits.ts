import pg from 'pg';

/** How a database stores and sorts text. */
export interface DatabaseTraits {
  encoding: string;
  collate: string;
  ctype: string;
  /** Of the ICU provider (PostgreSQL ≥ 15), else null. */
  icuLocale: string | null;
}

export async function readDatabaseTraits(client: pg.Client): Promise<DatabaseTraits> {
  // The columns' names changed with 15 and 17; a row as JSON has those that there are.
  const { rows } = await client.query<{ encoding: string; database: Record<string, unknown> }>(
    `SELECT pg_encoding_to_char(d.encoding) AS encoding, to_jsonb(d) AS database
       FROM pg_database d WHERE d.datname = current_database()`,
  );
  const { encoding = 'UTF8', database = {} } = rows[0] ?? {};
  const icuLocale = database['daticulocale'] ?? database['datlocale'];
  return {
    encoding,
    collate: textOf(database['datcollate']) ?? 'C',
    ctype: textOf(database['datctype']) ?? 'C',
    icuLocale: database['datlocprovider'] === 'i' ? textOf(icuLocale) : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** CREATE DATABASE as the source's is, and where this machine lacks its locale, with the same encoding. */
export function createDatabase(name: string, owner: string, traits: DatabaseTraits): { asIs: string; plain: string } {
  const { escapeIdentifier, escapeLiteral } = pg;
  const start = `CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(owner)} TEMPLATE template0
    ENCODING ${escapeLiteral(traits.encoding)}`;
  const icu = traits.icuLocale === null ? '' : ` LOCALE_PROVIDER icu ICU_LOCALE ${escapeLiteral(traits.icuLocale)}`;
  return {
    asIs: `${start} LC_COLLATE ${escapeLiteral(traits.collate)} LC_CTYPE ${escapeLiteral(traits.ctype)}${icu}`,
    plain: `${start} LC_COLLATE 'C' LC_CTYPE 'C'`,
  };
}

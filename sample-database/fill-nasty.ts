import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/**
 * Fills an empty database with everything that breaks a naive dump: names, values and orders of creation that PostgreSQL
 * allows and nobody expects. Needs a superuser (event triggers, a foreign-data wrapper), PostgreSQL 15 or newer, and UTF8.
 */
export async function fillNasty(connectionString: string): Promise<void> {
  const folder = join(import.meta.dirname, 'nasty');
  const client = new Client({ connectionString, application_name: 'pg-export sample' });
  await client.connect();
  try {
    // Names and values are read as written, whatever this session's defaults are.
    await client.query("SET standard_conforming_strings = on; SET timezone = 'UTC'; SET lc_monetary = 'C'");
    for (const file of (await readdir(folder)).sort()) {
      await client.query(await readFile(join(folder, file), 'utf8')).catch((cause: unknown) => {
        throw new Error(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
    }
  } finally {
    await client.end();
  }
}

import pg from 'pg';

/** Databases whose progress is hard to tell, by the names that the API calls them. */
export const SHAPES: Readonly<Record<string, (scale: number) => string[]>> = {
  huge: (scale) => [
    `CREATE TABLE huge AS SELECT n, repeat(md5(n::text), 4) AS words, now() - n * interval '1 second' AS at
       FROM generate_series(1, ${rows(scale, 400_000)}) AS n`,
  ],
  small: (scale) => [
    `DO $$ BEGIN FOR i IN 1..2000 LOOP
       EXECUTE format('CREATE TABLE small_%s AS SELECT n, md5(n::text) AS words FROM generate_series(1, ${rows(scale, 400)}) AS n', i);
     END LOOP; END $$`,
  ],
  bloated: (scale) => [
    `CREATE TABLE bloated AS SELECT n, repeat(md5(n::text), 4) AS words FROM generate_series(1, ${rows(scale, 200_000)}) AS n`,
    `DELETE FROM bloated WHERE n % 10 <> 0`,
    `CREATE TABLE plain AS SELECT n, repeat(md5(n::text), 4) AS words FROM generate_series(1, ${rows(scale, 200_000)}) AS n`,
  ],
  blobs: (scale) => [
    `CREATE TABLE plain AS SELECT n, repeat(md5(n::text), 4) AS words FROM generate_series(1, ${rows(scale, 100_000)}) AS n`,
    `SELECT count(lo_from_bytea(0, (SELECT string_agg(sha512((n * 1000 + i)::text::bytea), '') FROM generate_series(1, 1000) AS i))) FROM generate_series(1, ${rows(scale, 400)}) AS n`,
  ],
};

function rows(scale: number, each: number): string {
  return String(Math.max(1, Math.round(scale * each)));
}

/** Fills an empty database with one of them. */
export async function fillShape(url: string, shape: string, scale: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of SHAPES[shape]?.(scale) ?? []) await client.query(statement);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

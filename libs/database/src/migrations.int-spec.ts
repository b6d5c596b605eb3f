import { DataSource } from 'typeorm';
import { ThrowawayDatabase } from '../testing/throwaway-database.js';
import { dataSourceOptions, migrate, SCHEMA } from './data-source.js';
import { MIGRATIONS } from './migrations/index.js';

describe('the migrations', () => {
  let database: ThrowawayDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await ThrowawayDatabase.make('migrations');
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const tables = () =>
    database.sql(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );

  it('run all, once, on an empty database', async () => {
    expect(await migrate(database.url)).toHaveLength(MIGRATIONS.length);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('leave nothing to do: one that is generated now is empty', async () => {
    source = await new DataSource(dataSourceOptions(database.url)).initialize();
    const left = await source.driver.createSchemaBuilder().log();
    expect(left.upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('touch nothing outside their own schema', async () => {
    const names = (await tables()).map(({ name }) => String(name));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !name.startsWith(`${SCHEMA}.`))).toEqual([]);
  });

  it('go back to where they began', async () => {
    for (let left = MIGRATIONS.length; left > 0; left -= 1) await source.undoLastMigration();
    expect(await tables()).toEqual([{ name: `${SCHEMA}.migrations` }]);
    expect(await migrate(database.url)).toHaveLength(MIGRATIONS.length);
  });

  it('may be run by two at once, as when two services start together', async () => {
    const other = await ThrowawayDatabase.make('migrations_twice');
    const ran = await Promise.all([migrate(other.url), migrate(other.url), migrate(other.url)]);
    expect(ran.flat()).toHaveLength(MIGRATIONS.length);
    await other.drop();
  });
});

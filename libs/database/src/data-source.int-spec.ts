import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { Relay } from '../../dump-engine/testing/relay.js';
import { ThrowawayDatabase } from '../testing/throwaway-database.js';
import { dataSourceOptions, serviceDataSourceOptions } from './data-source.js';
import { DatabaseModule } from './index.js';

describe('a statement of a service', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await ThrowawayDatabase.make('data_source');
  });
  afterAll(() => database.drop());

  it('is ended by the server when it takes too long, and the next one is answered', async () => {
    const source = await new DataSource(serviceDataSourceOptions(database.url, 200)).initialize();
    await expect(source.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await source.destroy();
  });

  it('fails on a network that has fallen silent, instead of waiting for ever', async () => {
    const relay = await Relay.to(database.url);
    const source = await new DataSource(serviceDataSourceOptions(relay.url, 200)).initialize();
    await source.query('SELECT 1');
    relay.fallSilent();
    await expect(source.query('SELECT 1')).rejects.toThrow('timeout');
    await relay.close();
    await source.destroy();
  });

  it('may take ten seconds, and one of a migration as long as it takes', async () => {
    const module = await Test.createTestingModule({ imports: [DatabaseModule.forRoot(database.url)] }).compile();
    expect(await module.get(DataSource).query('SHOW statement_timeout')).toEqual([{ statement_timeout: '10s' }]);
    await module.close();
    const owner = await new DataSource(dataSourceOptions(database.url)).initialize();
    expect(await owner.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '0' }]);
    await owner.destroy();
  });
});

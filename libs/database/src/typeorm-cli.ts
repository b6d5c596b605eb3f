import { readEnvironment } from '#lib/config';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

/** The data source that `typeorm migration:generate` reads. */
export default new DataSource(dataSourceOptions(readEnvironment()['DATABASE_URL'] ?? ''));

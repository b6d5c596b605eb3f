import pg from 'pg';
import { eventually } from '../../database/testing/eventually.js';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { SourceWatch } from './source-watch.js';

let source: ThrowawayDatabase;

beforeAll(async () => {
  source = await ThrowawayDatabase.make('source_watch');
});
afterAll(() => source.drop());

it('goes on counting on the same connection behind a pooler that loses what the server was to keep', async () => {
  const opened: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: source.url });
    await client.connect();
    opened.push(client);
    return client;
  };
  const watch = new SourceWatch(connect, {
    ...{ applicationName: 'pg-export/watched', lockTimeoutSeconds: 60, yieldSeconds: null },
  });
  let counted = 0;
  watch.count(() => (counted += 1));
  watch.begin();
  try {
    await eventually(
      () => Promise.resolve(counted),
      (looks) => looks >= 2,
    );
    await opened[0]?.query('DEALLOCATE ALL');
    const before = counted;
    await eventually(
      () => Promise.resolve(counted),
      (looks) => looks >= before + 3,
    );
    expect(opened).toHaveLength(1);
  } finally {
    await watch.end();
    await watch.disconnect();
  }
});

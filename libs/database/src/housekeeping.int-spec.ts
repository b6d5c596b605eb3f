import { LedgerTrial } from '../testing/ledger-trial.js';
import { Housekeeping } from './index.js';

const ROWS: Record<string, (age: string) => string> = {
  idempotency_keys: (age) =>
    `INSERT INTO pgexport.idempotency_keys (caller_id, key, body_hash, export_id, created_at)
     VALUES (gen_random_uuid(), 'k', 'h', gen_random_uuid(), now() - interval '${age}')`,
  download_links: (age) =>
    `INSERT INTO pgexport.download_links (id, first_used_at) VALUES (gen_random_uuid(), now() - interval '${age}')`,
  sessions: (age) =>
    `WITH u AS (INSERT INTO pgexport.users (id, email, password_hash, role)
                VALUES (gen_random_uuid(), gen_random_uuid()::text, 'h', 'OPS') RETURNING id)
     INSERT INTO pgexport.sessions (id, user_id, refresh_hash, expires_at)
     SELECT gen_random_uuid(), id, 'h', now() - interval '${age}' FROM u`,
  api_tokens: (age) =>
    `WITH u AS (INSERT INTO pgexport.users (id, email, password_hash, role)
                VALUES (gen_random_uuid(), gen_random_uuid()::text, 'h', 'OPS') RETURNING id)
     INSERT INTO pgexport.api_tokens (id, user_id, name, hash, scopes, expires_at)
     SELECT gen_random_uuid(), id, 'n', gen_random_uuid()::text, '{}', now() - interval '${age}' FROM u`,
  login_failures: (age) =>
    `INSERT INTO pgexport.login_failures (key, failures, last_at, closed_until)
     VALUES (gen_random_uuid()::text, 1, now() - interval '${age}', now() - interval '${age}')`,
};

describe('the housekeeping', () => {
  let trial: LedgerTrial;
  let housekeeping: Housekeeping;
  beforeAll(async () => {
    trial = await LedgerTrial.start('housekeeping');
    housekeeping = new Housekeeping(trial.source);
  });
  afterEach(() =>
    trial.database.sql(
      `TRUNCATE ${Object.keys(ROWS)
        .map((table) => `pgexport.${table}`)
        .join(', ')}`,
    ),
  );
  afterAll(() => trial.stop());

  const count = async (table: string) => (await trial.database.sql(`SELECT FROM pgexport.${table}`)).length;

  it.each([
    ['idempotency_keys', '23 hours', '25 hours'],
    ['download_links', '8 days', '31 days'],
    ['sessions', '29 days', '31 days'],
    ['api_tokens', '29 days', '31 days'],
    ['login_failures', '23 hours', '25 hours'],
  ])('keeps %s for %s and not for %s', async (table, young, old) => {
    for (const age of [young, old, old]) await trial.database.sql(ROWS[table]!(age));
    expect(await housekeeping.clear(100)).toBe(2);
    expect(await count(table)).toBe(1);
    expect(await housekeeping.clear(100)).toBe(0);
  });

  it('deletes an ended session before its time would have come, and never a living one', async () => {
    await trial.database.sql(ROWS['sessions']!('-1 day'));
    await trial.database.sql(ROWS['sessions']!('-1 day'));
    await trial.database.sql(`UPDATE pgexport.sessions SET ended_at = now() - interval '31 days'
      WHERE id = (SELECT id FROM pgexport.sessions LIMIT 1)`);
    expect(await housekeeping.clear(100)).toBe(1);
    expect(await count('sessions')).toBe(1);
  });

  it('keeps how far a run was with its tables for 30 days after its end, and as long as there is a file', async () => {
    const left: string[] = [];
    for (const status of ['running', 'ready', 'expired', 'failed']) {
      for (const age of ['29 days', '31 days']) {
        const { row, run } = await trial.running();
        await trial.tables.open(run, []);
        await trial.database.sql(
          'UPDATE pgexport.exports SET status = $2, finished_at = now() - $3::interval WHERE id = $1',
          [row.id, status, age],
        );
        if (age === '29 days' || !['expired', 'failed'].includes(status)) left.push(row.id);
      }
    }
    expect(await housekeeping.clear(100)).toBe(2);
    const kept = await trial.database.sql<{ id: string }>('SELECT export_id AS id FROM pgexport.export_tables');
    expect(kept.map(({ id }) => id).sort()).toEqual(left.sort());
    await trial.clear();
  });

  it('deletes no more at once than it is told to', async () => {
    for (let index = 0; index < 5; index += 1) await trial.database.sql(ROWS['download_links']!('31 days'));
    expect(await housekeeping.clear(3)).toBe(3);
    expect(await housekeeping.clear(3)).toBe(2);
  });
});

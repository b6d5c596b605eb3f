import { NO_PROGRESS } from '#lib/domain';
import { randomUUID } from 'node:crypto';
import { eventually } from '../testing/eventually.js';
import { aFile, LedgerTrial } from '../testing/ledger-trial.js';
import { ExportChanges, LISTENER_NAME } from './export-changes.js';
import type { Run } from './run-ledger.js';

describe('the announcements of changes', () => {
  let trial: LedgerTrial;
  let changes: ExportChanges;
  let heard: string[];

  beforeAll(async () => {
    trial = await LedgerTrial.start('export_changes');
  });
  beforeEach(async () => {
    heard = [];
    changes = new ExportChanges(trial.database.url);
    changes.tell({
      changed: (id) => heard.push(id),
      queueMoved: () => heard.push('queue'),
      rightsChanged: (id) => heard.push(`rights of ${id}`),
      caughtUp: () => heard.push('caught up'),
    });
    await eventually(
      () => heard,
      (all) => all.includes('caught up'),
    );
    heard = [];
  });
  afterEach(() => changes.onApplicationShutdown());
  afterAll(() => trial.stop());

  /** What is heard until a last word, for which a deleted export is used: notifications arrive in order. */
  const heardOf = async (act: () => Promise<unknown>) => {
    const { id: last } = await trial.queued();
    await act();
    await trial.database.sql('DELETE FROM pgexport.exports WHERE id = $1', [last]);
    await eventually(
      () => heard,
      (all) => all.at(-2) === last,
    );
    return heard.slice(0, -2);
  };
  const listeners = async () =>
    (
      await trial.database.sql<{ pid: number }>(
        'SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND datname = $2',
        [LISTENER_NAME, trial.database.name],
      )
    ).map(({ pid }) => pid);

  it('name the export, and say when the queue has moved', async () => {
    const { id } = await trial.queued();
    expect(await heardOf(() => trial.runs.claim(id, 'worker', 1000))).toEqual([id, 'queue']);
  });

  describe('follow on', () => {
    type Act = (run: Run) => Promise<unknown>;
    const failure = { code: 'stalled', message: '', detail: null } as const;
    const acts: Record<string, Act> = {
      'a report': (run) => trial.runs.report(run, 'dumping', NO_PROGRESS),
      'a file': (run) => trial.runs.complete(run, aFile('k'), NO_PROGRESS, 24),
      'a failure': (run) => trial.runs.fail(run, failure),
      'a cancel': (run) => trial.runs.cancel(run),
    };
    it.each(Object.entries(acts))('%s', async (_, act) => {
      const { row, run } = await trial.running();
      expect((await heardOf(() => act(run))).slice(2)).toEqual([row.id]);
    });

    it('a run that is put back into the queue', async () => {
      const { row, run } = await trial.running();
      const all = await heardOf(() => trial.runs.putBack(run, { delaySeconds: 0, counted: true }));
      expect(all.slice(2)).toEqual([row.id, 'queue']);
    });
  });

  describe('of rights name who has lost or changed them', () => {
    const user = randomUUID();
    const credential = randomUUID();
    const sql = (text: string) => trial.database.sql(text);
    beforeAll(async () => {
      await sql(`INSERT INTO pgexport.users (id, email, role) VALUES ('${user}', 'a@example.com', 'OPS')`);
      await sql(`INSERT INTO pgexport.sessions (id, user_id, refresh_hash, expires_at)
                 VALUES ('${credential}', '${user}', '', now() + interval '1 hour')`);
      await sql(
        `INSERT INTO pgexport.api_tokens (id, user_id, name, hash, scopes) VALUES ('${credential}', '${user}', 't', 'h', '{}')`,
      );
    });
    const updates: [table: string, change: string, told: boolean][] = [
      ['sessions', 'stepped_up_at = now()', false],
      ['sessions', `refresh_hash = 'next', rotated_at = now()`, false],
      ['sessions', `expires_at = now() + interval '1 minute'`, true],
      ['sessions', 'ended_at = now()', true],
      ['api_tokens', 'last_used_at = now()', false],
      ['api_tokens', `scopes = '{audit:read}'`, true],
      ['api_tokens', 'revoked_at = now()', true],
      ['users', `password_hash = 'x'`, false],
      ['users', `role = 'SUPER_ADMIN'`, true],
      ['users', 'disabled = true', true],
    ];
    it.each(updates)('%s: %s', async (table, change, told) => {
      const id = table === 'users' ? user : credential;
      expect(await heardOf(() => sql(`UPDATE pgexport.${table} SET ${change} WHERE id = '${id}'`))).toEqual(
        told ? [`rights of ${id}`] : [],
      );
    });

    it('also with the rows: those that lived', async () => {
      await heardOf(() => sql(`UPDATE pgexport.sessions SET ended_at = NULL`));
      heard = [];
      const all = await heardOf(() => sql(`DELETE FROM pgexport.users`));

      // Not of the token: it had been revoked before.
      expect(all.toSorted()).toEqual([`rights of ${credential}`, `rights of ${user}`].toSorted());
    });
  });

  it('come over one connection for everybody', async () => {
    const others = Array.from({ length: 10 }, () => changes.tell({}));
    await eventually(listeners, (pids) => pids.length === 1);
    others.forEach((leave) => leave());
  });

  it('come again after the connection was lost, with a word that something may have been missed', async () => {
    const { id } = await trial.queued();
    const [pid] = await eventually(listeners, (pids) => pids.length === 1);
    await trial.database.sql('SELECT pg_terminate_backend($1)', [pid]);
    await eventually(
      () => heard,
      (all) => all.includes('caught up'),
    );
    expect(await heardOf(() => trial.requests.requestCancel(id))).toEqual(
      expect.arrayContaining(['caught up', id, 'queue']),
    );
  });

  it('need no connection when nobody listens, nor after the end', async () => {
    await changes.onApplicationShutdown();
    new ExportChanges(trial.database.url);
    await eventually(listeners, (pids) => pids.length === 0);
    expect(changes.isListening).toBe(false);
  });
});

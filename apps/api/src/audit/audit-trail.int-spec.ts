import { AuditLedger, grantDataRights } from '#lib/database';
import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';
import { readServerKey } from '../access/server-keys.js';
import { auditLink, type Verdict, verifyChain } from './audit-chain.js';
import { AuditTrail } from './audit-trail.js';
import { RefusalTally } from './refusal-tally.js';

let api: RunningApi;
/** Another process of the same installation. */
let other: RunningApi;

beforeAll(async () => {
  api = await RunningApi.start();
  other = await api.beside();
});
afterAll(async () => {
  await other.leave();
  await api.stop();
});
beforeEach(() => asOwner('DELETE FROM pgexport.audit_events; DELETE FROM pgexport.refusal_counts'));

const anEvent = (target: string) => ({
  at: new Date(),
  action: 'cancel' as const,
  outcome: 'done' as const,
  actor: { userId: null, email: 'a@b', via: 'session' as const, credentialId: null },
  ...{ address: '192.0.2.1', correlationId: 'c', target, details: { bytes: 1 } },
});

async function verdict(expected: { seq: number; hash: string }[] = []): Promise<Verdict> {
  const key = await readServerKey(api.config.secretsDir, 'audit-trail.key');
  const ledger = api.app.get(AuditLedger);
  async function* rows() {
    yield* await ledger.inOrder(10_000, 0);
  }
  return verifyChain(rows(), auditLink(key), expected);
}

/** What somebody does who owns the database. */
async function asOwner(sql: string): Promise<void> {
  await api.database.sql(`ALTER TABLE pgexport.audit_events DISABLE TRIGGER USER; ${sql};
    ALTER TABLE pgexport.audit_events ENABLE TRIGGER USER`);
}

async function write(count: number, by = api): Promise<number[]> {
  const trail = by.app.get(AuditTrail);
  return Promise.all(Array.from({ length: count }, (_, index) => trail.record(anEvent(`export ${String(index)}`))));
}

it('links what several processes write at the same time into one chain', async () => {
  const places = await Promise.all([write(60), write(60, other), write(60), write(60, other)]);

  expect(places.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 240 }, (_, index) => index + 1));
  expect(await verdict()).toMatchObject({ checked: 240, problem: null });
});

it('writes with a single statement what comes behind its own last event', async () => {
  await write(1);
  const statements = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await write(3);
    const sent = statements.mock.calls.map(([sql]): unknown => sql).map(String);
    expect(sent.filter((sql) => /audit_events|advisory_xact_lock/.test(sql))).toEqual([
      expect.stringContaining('INSERT INTO'),
    ]);
  } finally {
    statements.mockRestore();
  }

  expect(await verdict()).toMatchObject({ checked: 4, problem: null });
});

it('goes behind what another has added meanwhile, unseen by its own statement', async () => {
  await write(1);
  const head = await api.app.get(AuditLedger).head();
  const key = await readServerKey(api.config.secretsDir, 'audit-trail.key');
  const content = ['2', new Date().toISOString(), 'delete', 'done', ...Array.from({ length: 7 }, () => null), '{}'];
  const hash = auditLink(key)(head?.hash ?? '', content);
  const another = new pg.Client({ connectionString: api.database.url });
  await another.connect();
  try {
    await another.query('BEGIN');
    await another.query(
      `INSERT INTO pgexport.audit_events (seq, at, action, outcome, details, hash) VALUES ($1, $2, 'delete', 'done', '{}', $3)`,
      [content[0], content[1], hash],
    );
    const place = write(1);
    place.catch(() => undefined);
    await until('its statement waits for the place', async () => {
      const waiting = await api.database.sql(
        `SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'
            AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
      );
      return waiting.length > 0;
    });
    await another.query('COMMIT');

    expect(await place).toEqual([3]);
    expect(await verdict([{ seq: 2, hash }])).toMatchObject({ checked: 3, problem: null });
  } finally {
    await another.end();
  }
});

it.each([
  ['changed', `UPDATE pgexport.audit_events SET target = 'another' WHERE seq = 3`, 'Event 3 is not what was written'],
  ['changed by a space', `UPDATE pgexport.audit_events SET details = details || ' ' WHERE seq = 3`, 'Event 3 is not'],
  ['moved by an hour', `UPDATE pgexport.audit_events SET at = at - interval '1 hour' WHERE seq = 3`, 'Event 3 is not'],
  ['taken from its maker', `UPDATE pgexport.audit_events SET via = NULL WHERE seq = 3`, 'Event 3 is not'],
  ['removed', 'DELETE FROM pgexport.audit_events WHERE seq = 3', 'Event 3 is missing'],
  ['removed from the front', 'DELETE FROM pgexport.audit_events WHERE seq < 3', 'Event 1 is missing'],
  [
    'removed, and the rest moved up',
    `DELETE FROM pgexport.audit_events WHERE seq = 3;
     UPDATE pgexport.audit_events SET seq = seq - 1 WHERE seq > 3`,
    'Event 3 is not what was written',
  ],
])('names the first broken link when an event was %s', async (_, sql, problem) => {
  await write(5);
  await asOwner(sql);

  expect((await verdict()).problem).toContain(problem);
});

it('sees a tail that was cut off, and a chain that goes on where it was cut, by a head that was logged', async () => {
  await write(5);
  const head = await api.app.get(AuditLedger).head();
  await asOwner('DELETE FROM pgexport.audit_events WHERE seq > 3');

  expect((await verdict(head === null ? [] : [head])).problem).toContain('Event 5 was logged and is missing');
  await write(4);
  // The chain itself is whole, so only what is outside the database tells.
  expect((await verdict()).problem).toBeNull();
  expect((await verdict(head === null ? [] : [head])).problem).toContain('Event 5 is not the one that was logged');
});

it('says at once in the log that its own last event is gone', async () => {
  await write(5);
  const head = await api.app.get(AuditLedger).head();
  await asOwner('DELETE FROM pgexport.audit_events WHERE seq > 3');
  await write(1);

  expect(api.log.join('')).toContain(`The audit trail was tampered with: 5:${head?.hash ?? '-'}`);
});

it('says so too when as many others have come in the place of those that are gone', async () => {
  await write(5);
  const head = await api.app.get(AuditLedger).head();
  await asOwner('DELETE FROM pgexport.audit_events WHERE seq > 3');
  await write(2, other);
  expect(await write(1)).toEqual([6]);

  expect(api.log.join('')).toContain(`The audit trail was tampered with: 5:${head?.hash ?? '-'}`);
});

it('waits for somebody who is adding', async () => {
  await write(1);
  const release = await api.database.hold('SELECT pg_advisory_xact_lock(4205004)');
  const place = write(1);
  place.catch(() => undefined);
  const waits = until('it waits for its turn', async () => {
    const waiting = await api.database.sql(
      `SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND objid = 4205004
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return waiting.length > 0;
  });
  await waits.finally(release);

  expect(await place).toEqual([2]);
  expect(await verdict()).toMatchObject({ checked: 2, problem: null });
});

it('sees a chain that was made anew without the key', async () => {
  await write(3);
  await asOwner('DELETE FROM pgexport.audit_events');
  await api.app.get(AuditLedger).add([anEvent('forged')], auditLink(randomBytes(32)), null);

  expect((await verdict()).problem).toContain('Event 1 is not what was written, or was written by somebody without');
});

it('logs the head', async () => {
  await write(2);
  await api.app.get(AuditTrail).logHead();
  const head = await api.app.get(AuditLedger).head();

  expect(api.log.join('')).toContain(`Audit head 2:${head?.hash ?? '-'}`);
});

it.each([
  'UPDATE pgexport.audit_events SET target = NULL',
  'DELETE FROM pgexport.audit_events',
  'TRUNCATE pgexport.audit_events',
])('refuses %s even to the owner, with one role', async (sql) => {
  await write(1);
  await expect(api.database.sql(sql)).rejects.toThrow('takes new rows and nothing else');
});

it('gives a service that is another role no right to change or remove an event, nor to let others', async () => {
  await write(1);
  const role = await api.database.role('service', 'secret');
  await grantDataRights(api.database.url, api.database.urlAs(role, 'secret'), ['pgexport']);
  const can = async (right: string) => {
    const [row] = await api.database.sql(`SELECT has_table_privilege($1, 'pgexport.audit_events', $2) AS can`, [
      role,
      right,
    ]);
    return row?.['can'];
  };

  const rights = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES'];
  expect(await Promise.all(rights.map(can))).toEqual([true, true, false, false, false, false, false]);
  const owner = await api.database.sql(
    `SELECT pg_has_role($1, relowner, 'MEMBER') AS is FROM pg_class WHERE oid = 'pgexport.audit_events'::regclass`,
    [role],
  );
  expect(owner).toEqual([{ is: false }]);
});

it('counts refusals without a valid token, one event for each address and minute, however many there are', async () => {
  for (const one of [api, other]) {
    for (let index = 0; index < 20; index += 1) await one.call('get', '/auth/me').expect(401);
    await one.app.get(RefusalTally).write();
  }
  await api.call('post', '/auth/login').send({ email: 'a@b', password: 'wrong' }).expect(401);
  await api.app.get(RefusalTally).write();
  // The minute is not over.
  await api.app.get(AuditTrail).addRefusals();
  expect(await api.app.get(AuditLedger).head()).toBeNull();
  await api.database.sql(`UPDATE pgexport.refusal_counts SET minute = '2026-11-25T10:00:00Z'`);
  await Promise.all([api.app.get(AuditTrail).addRefusals(), other.app.get(AuditTrail).addRefusals()]);

  const events = await api.app.get(AuditLedger).newestFirst(10, null);
  expect(events).toMatchObject([
    {
      ...{ action: 'refusals', outcome: 'refused', actor: null, address: '127.0.0.1' },
      details: { count: 41, codes: { unauthenticated: 40, invalid_credentials: 1 } },
    },
  ]);
  expect((await verdict()).problem).toBeNull();
});

it('counts no more than a thousand addresses apart', async () => {
  const tally = api.app.get(RefusalTally);
  for (let index = 0; index < 3_000; index += 1) tally.count(`address ${String(index)}`, 'unauthenticated');
  await tally.write();

  const [row] = await api.database.sql(
    'SELECT count(*)::int AS rows, sum(count)::int AS all FROM pgexport.refusal_counts',
  );
  // The minute may turn in between.
  expect(row?.['rows']).toBeLessThanOrEqual(2_001);
  expect(row?.['all']).toBe(3_000);
});

it('does nothing that it could not write down before', async () => {
  const admin = await api.person('SUPER_ADMIN');
  await api.database.sql('ALTER TABLE pgexport.audit_events RENAME TO gone');

  await api.call('post', '/admin/db/export', admin).send({}).expect(500);
  await api
    .call('post', '/admin/tokens', admin)
    .send({ name: 'a', scopes: ['exports:read'] })
    .expect(500);
  await api
    .call('post', '/auth/login')
    .send({ email: admin.email, password: 'correct horse battery staple' })
    .expect(500);
  await api.call('get', '/admin/db/export', admin).expect(200);

  expect(await api.database.sql('SELECT id FROM pgexport.exports')).toEqual([]);
  expect(await api.database.sql('SELECT id FROM pgexport.api_tokens')).toEqual([]);
  await api.database.sql('ALTER TABLE pgexport.gone RENAME TO audit_events');
});

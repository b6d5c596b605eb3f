import pg from 'pg';
import { eventually } from '../testing/eventually.js';
import { LedgerTrial } from '../testing/ledger-trial.js';
import { LoginFailureEntity } from './entities/login-failure.entity.js';
import { LoginFailures } from './login-failures.js';

const RULES = { free: 3, longestSeconds: 900, forgottenAfterSeconds: 86_400 };

describe('attempts to sign in', () => {
  let trial: LedgerTrial;
  let failures: LoginFailures;
  beforeAll(async () => {
    trial = await LedgerTrial.start('login_failures');
    failures = new LoginFailures(trial.source.getRepository(LoginFailureEntity));
  });
  afterAll(() => trial.stop());

  it('are let in one after the other when they come side by side', async () => {
    await failures.begin('tabs', RULES);
    const other = new pg.Client({ connectionString: trial.database.url });
    await other.connect();
    try {
      await other.query("BEGIN; SELECT FROM pgexport.login_failures WHERE key = 'tabs' FOR UPDATE");
      const second = failures.begin('tabs', RULES);
      await eventually(
        () =>
          trial.database.sql(
            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'login_failures'",
          ),
        (waiting) => waiting.length === 1,
      );
      await other.query('UPDATE pgexport.login_failures SET closed_until = clock_timestamp(); COMMIT');

      expect(await second).toBe(0);
    } finally {
      await other.end();
    }
  });

  it('wait once too many have failed', async () => {
    for (let attempts = 0; attempts < 3; attempts++) expect(await failures.begin('guess', RULES)).toBe(0);

    expect(await failures.begin('guess', RULES)).toBe(1);
    expect(await failures.secondsToWait('guess')).toBe(1);
  });

  it('of somebody else wait for nobody', async () => {
    expect(await failures.secondsToWait('nobody')).toBe(0);
  });
});

import { until } from './support/condition.ts';
import { FaultTrial } from './support/fault-trial.ts';

const SILENCE_MILLISECONDS = 60_000;

describe('a Redis that says nothing for a minute', () => {
  let trial: FaultTrial;

  beforeAll(async () => {
    trial = await FaultTrial.start('Redis');
  }, 120_000);
  afterAll(() => trial.stop());

  it('costs no export, and no request more than a moment', async () => {
    const held = await trial.askAndHold();
    const begin = Date.now();
    trial.redis?.freeze();
    const waiting = await trial.ask();
    expect(Date.now() - begin).toBeLessThan(SILENCE_MILLISECONDS / 4);
    await trial.letGo();
    await trial.wholeInTheEnd(held);
    const health = await fetch(`${trial.stack.url}/health/ready`);
    expect(await health.json()).toMatchObject({ parts: { queue: 'down', database: 'up' } });
    await until('a minute is over', () => Date.now() - begin > SILENCE_MILLISECONDS, 2 * SILENCE_MILLISECONDS);
    trial.redis?.thaw();

    expect(await trial.wholeInTheEnd(waiting)).toMatchObject({ attempts: 1 });
  });
});

describe('a Redis that is away', () => {
  let trial: FaultTrial;

  beforeAll(async () => {
    trial = await FaultTrial.start('Redis', { env: { SHUTDOWN_GRACE_SECONDS: '2' } });
  }, 120_000);
  afterAll(() => trial.stop());

  it('keeps no worker from leaving, no API from starting, and no export from being accepted and run', async () => {
    await trial.redis?.stop('SIGKILL');
    const [leaver] = trial.stack.workers;
    leaver?.kill('SIGTERM');
    await leaver?.exited;
    trial.stack.apis[0]?.kill('SIGTERM');
    await trial.stack.apis[0]?.exited;
    trial.stack.launchApi();
    await until('the API answers', () =>
      fetch(`${trial.stack.url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const id = await trial.ask();
    trial.stack.launchWorker();
    await trial.redis?.start();

    await trial.wholeInTheEnd(id);
  });
});

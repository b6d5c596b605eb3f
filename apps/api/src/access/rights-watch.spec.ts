import type { ChangeAudience } from '#lib/database';
import { jest } from '@jest/globals';
import { RightsWatch } from './rights-watch.js';

let listening: boolean;
let audience: ChangeAudience;
let concerned: Set<string>;
/** Seconds since the start at which it was asked. */
let asked: number[];
let answers: boolean;
let watch: RightsWatch;
let start: number;

beforeEach(() => {
  jest.useFakeTimers();
  start = performance.now();
  [listening, answers, asked, concerned] = [true, true, [], new Set(['session', 'user'])];
  const changes = {
    get isListening() {
      return listening;
    },
    tell: (given: ChangeAudience) => {
      audience = given;
      return () => (audience = {});
    },
  };
  watch = new RightsWatch(
    changes,
    (id) => concerned.has(id),
    () => {
      asked.push((performance.now() - start) / 1_000);
      return Promise.resolve(answers);
    },
  );
});
afterEach(() => jest.useRealTimers());

const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);
const begin = () => watch.begin(['session', 'user']);

it('asks every 15 seconds while changes are heard, and every 3 while they are not', async () => {
  begin();
  await pass(30);
  expect(asked).toEqual([15, 30]);
  listening = false;
  audience.lost?.();
  await pass(6);

  expect(asked).toEqual([15, 30, 33, 36]);
});

it('asks at once when a session, or the account behind it, has changed', async () => {
  begin();
  await pass(5);
  audience.rightsChanged?.('session');
  await pass(5);
  audience.rightsChanged?.('user');
  await pass(4);

  expect(asked).toEqual([5, 10]);
});

it('asks at most once a second, however much changes, and once more after the last change', async () => {
  begin();
  await pass(5);
  for (let time = 0; time < 20; time += 1) {
    audience.rightsChanged?.('session');
    await pass(0.1);
  }
  await pass(4);

  expect(asked).toEqual([5, 6, 7]);
});

it('does not ask for changes of others', async () => {
  begin();
  audience.rightsChanged?.('somebody else');
  await pass(10);

  expect(asked).toEqual([]);
});

it('asks at once for who begins to be answered after the change was heard: who let them in may not have seen it', async () => {
  concerned.clear();
  begin();
  audience.rightsChanged?.('session');
  await pass(10);
  expect(asked).toEqual([]);
  watch.begin(['another', 'user']);
  await pass(1);
  expect(asked).toEqual([]);
  begin();
  await pass(0);

  expect(asked).toEqual([11]);
});

it('asks when it hears again, for what it may have missed', async () => {
  listening = false;
  begin();
  await pass(1);
  listening = true;
  audience.caughtUp?.();
  await pass(10);

  expect(asked).toEqual([1]);
});

it('asks again soon when the question could not be answered', async () => {
  begin();
  answers = false;
  await pass(15);
  answers = true;
  await pass(10);

  expect(asked).toEqual([15, 18]);
});

it('asks nothing any more when it has stopped', async () => {
  begin();
  watch.stop();
  begin();
  await pass(60);

  expect(asked).toEqual([]);
});

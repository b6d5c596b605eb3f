import type { ExportEntity } from '#lib/database';
import { Refusal } from '#lib/domain';
import { jest } from '@jest/globals';
import { LookoutPost, type Sighting } from './lookout-post.js';

const PACE = { readMs: 1_000, hurriedReadMs: 250, proofMs: 15_000 };

let version: number;
let reads: number;
let listening: boolean;
let outage: Error | null;
let post: LookoutPost;
const never = new AbortController().signal;

beforeEach(() => {
  jest.useFakeTimers();
  [version, reads, listening, outage] = [1, 0, true, null];
  post = new LookoutPost(read, () => listening, PACE);
});
afterEach(() => jest.useRealTimers());

function read(): Promise<Sighting> {
  reads += 1;
  if (outage !== null) return Promise.reject(outage);
  const row = { version, status: 'running' } as ExportEntity;
  return Promise.resolve({ row, etag: tagOf(version), json: '' });
}

const tagOf = (of: number) => `"${String(of)}-0"`;

function change(): void {
  version += 1;
  post.mark();
}

/** The tags that a follower sees, as they come. */
function follow(signal = never): string[] {
  const seen: string[] = [];
  const step = async (): Promise<void> => {
    const sighting = await post.next(seen.at(-1) ?? null, signal);
    if (sighting === null) return;
    seen.push(sighting.etag);
    return step();
  };
  step().catch(() => undefined);
  return seen;
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

it('reads once for a thousand followers, and not at all while nothing changes', async () => {
  const followers = Array.from({ length: 1_000 }, () => follow());
  await pass(10_000);

  expect(reads).toBe(1);
  expect(followers.every((seen) => seen.join() === tagOf(1))).toBe(true);
});

it('reads at most once a second, however often the export changes, and ends up with the last state', async () => {
  const followers = Array.from({ length: 1_000 }, () => follow());
  await pass(0);
  for (let n = 0; n < 40; n += 1) {
    change();
    await pass(250);
  }
  await pass(1_000);

  expect(reads).toBeLessThanOrEqual(12);
  for (const seen of followers) {
    expect(seen.at(-1)).toBe(tagOf(41));
    expect(seen.length).toBeLessThanOrEqual(12);
  }
});

it('tells of a change after a quiet time at once', async () => {
  const seen = follow();
  await pass(5_000);
  change();
  await pass(0);

  expect(seen).toEqual([tagOf(1), tagOf(2)]);
});

it('notices a change that came while it was reading', async () => {
  const seen = follow();
  change();
  await pass(0);
  await pass(1_000);

  expect(seen.at(-1)).toBe(tagOf(2));
});

it('answers whoever comes with an old state from what it knows, without a read', async () => {
  follow();
  await pass(0);

  expect((await post.next(tagOf(0), never))?.etag).toBe(tagOf(1));
  expect(reads).toBe(1);
});

it('does not give an old state to whoever comes with a newer one', async () => {
  follow();
  await pass(0);
  // Changed, and not announced here yet.
  version = 3;
  const next = post.next(tagOf(2), never);
  await pass(250);

  expect((await next)?.etag).toBe(tagOf(3));
});

it('asks again and again while changes are not heard', async () => {
  const seen = follow();
  await pass(0);
  listening = false;
  post.mark();
  await pass(1_000);
  version = 2;
  await pass(1_000);

  expect(seen).toEqual([tagOf(1), tagOf(2)]);
});

it('notices a change that nobody has told of', async () => {
  const seen = follow();
  await pass(0);
  version = 2;
  await pass(PACE.proofMs);

  expect(seen).toEqual([tagOf(1), tagOf(2)]);
});

it('leaves no timer behind when the last follower has gone', async () => {
  const leaving = new AbortController();
  follow(leaving.signal);
  await pass(0);
  change();
  leaving.abort();
  await pass(0);

  expect(jest.getTimerCount()).toBe(0);
});

it('waits for the end of an outage with those who follow already', async () => {
  const seen = follow();
  await pass(0);
  outage = new Error('Connection terminated');
  change();
  await pass(3_000);
  outage = null;
  await pass(1_000);

  expect(seen).toEqual([tagOf(1), tagOf(2)]);
});

it.each([new Error('Connection terminated'), new Refusal('not_found', 'gone')])(
  'tells whoever comes when there is nothing to read: %s',
  async (error) => {
    outage = error;
    const first = post.next(null, never).catch((reason: unknown) => reason);
    await pass(0);

    expect(await first).toBe(error);
    expect(jest.getTimerCount()).toBe(0);
  },
);

it('tells those who follow when the export is no more', async () => {
  follow();
  await pass(0);
  const next = post.next(tagOf(1), never).catch((reason: unknown) => reason);
  outage = new Refusal('not_found', 'gone');
  change();
  await pass(1_000);

  expect(await next).toBe(outage);
});

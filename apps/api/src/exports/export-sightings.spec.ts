import type { ExportLedger, ExportVersion, PlacedExport } from '#lib/database';
import { jest } from '@jest/globals';
import { ExportSightings } from './export-sightings.js';

/** A ledger of exports in a state that the test sets, which counts what it is asked. */
function trial() {
  const versions = new Map<string, Omit<ExportVersion, 'id'>>();
  const among = (ids: readonly string[]) =>
    ids.flatMap((id) => (versions.has(id) ? [{ id, ...versions.get(id)! }] : []));
  const createdAt = new Date(0);
  const ledger = {
    findVersionsAmong: jest.fn((ids: readonly string[]) => Promise.resolve(among(ids))),
    findPlacedAmong: jest.fn((ids: readonly string[]) =>
      Promise.resolve(
        among(ids).map(({ id, version, queuePosition }) => ({
          row: { id, version, status: 'queued', file: null, createdAt } as PlacedExport['row'],
          queuePosition,
        })),
      ),
    ),
  };
  return { versions, ledger, sightings: new ExportSightings(ledger as unknown as ExportLedger) };
}

it('reads an export that is polled again and again once for each state that it is in', async () => {
  const { versions, ledger, sightings } = trial();
  versions.set('a', { version: 1, queuePosition: 2 });
  const first = await sightings.poll('a');
  expect(await sightings.poll('a')).toBe(first);
  versions.set('a', { version: 1, queuePosition: 1 });
  expect((await sightings.poll('a'))?.etag).toBe('"1-1"');
  versions.set('a', { version: 2, queuePosition: 1 });
  expect((await sightings.poll('a'))?.etag).toBe('"2-1"');
  await sightings.poll('a');

  expect(ledger.findPlacedAmong).toHaveBeenCalledTimes(3);
  expect(ledger.findVersionsAmong).toHaveBeenCalledTimes(5);
});

it('knows nothing of an export that is gone', async () => {
  const { versions, sightings } = trial();
  versions.set('a', { version: 1, queuePosition: 0 });
  expect(await sightings.poll('a')).toBeDefined();
  versions.clear();

  expect(await sightings.poll('a')).toBeUndefined();
  expect(await sightings.look('a')).toBeUndefined();
});

it('asks one question for who has heard of a change, and the next poll finds what it has read', async () => {
  const { versions, ledger, sightings } = trial();
  versions.set('a', { version: 1, queuePosition: 0 });
  const seen = await sightings.look('a');
  expect(ledger.findVersionsAmong).not.toHaveBeenCalled();

  expect(await sightings.poll('a')).toBe(seen);
  expect(ledger.findPlacedAmong).toHaveBeenCalledTimes(1);
});

it('keeps the newest of many, and reads the others again', async () => {
  const { versions, ledger, sightings } = trial();
  const ids = Array.from({ length: 60 }, (_, index) => String(index));
  for (const id of ids) versions.set(id, { version: 1, queuePosition: 0 });
  for (const id of ids) await sightings.poll(id);
  ledger.findPlacedAmong.mockClear();
  await sightings.poll('59');
  expect(ledger.findPlacedAmong).not.toHaveBeenCalled();

  await sightings.poll('0');
  expect(ledger.findPlacedAmong).toHaveBeenCalledWith(['0']);
});

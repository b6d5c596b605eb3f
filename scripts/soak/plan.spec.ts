import { Chance } from './chance.ts';
import { FAULTS, makePlan } from './plan.ts';

describe('the plan of a soak', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(makePlan(7, 5, 'redis')).toEqual(makePlan(7, 5, 'redis'));
    expect(makePlan(7, 5, 'redis')).not.toEqual(makePlan(8, 5, 'redis'));
  });

  it('lasts as long as it is told to', () => {
    const { faults, requests } = makePlan(1, 3, 'postgres');
    for (const { atSeconds } of [...faults, ...requests]) expect(atSeconds).toBeLessThan(180);
    expect(faults.at(-1)?.atSeconds).toBeGreaterThan(160);
  });

  it('breaks in an hour everything that there is, and on PostgreSQL nothing of Redis', () => {
    const names = (backend: 'postgres' | 'redis') => new Set(makePlan(1, 60, backend).faults.map(({ name }) => name));
    expect([...names('redis')].toSorted()).toEqual(Object.keys(FAULTS).toSorted());
    expect(names('postgres')).not.toContain('queue killed');
  });

  it('asks for nothing that a directory cannot do', () => {
    const directories = makePlan(1, 60, 'redis').requests.filter(({ body }) => body['format'] === 'directory');
    expect(directories.length).toBeGreaterThan(10);
    for (const { body, isEncrypted } of directories) {
      expect([body['maxBytesPerSecond'], isEncrypted]).toEqual([undefined, false]);
    }
  });
});

describe('chance', () => {
  it('picks by weight', () => {
    const chance = new Chance(1);
    const picked = Array.from({ length: 2_000 }, () =>
      chance.pick([
        ['often', 3],
        ['seldom', 1],
      ]),
    );
    const often = picked.filter((value) => value === 'often').length / picked.length;
    expect(often).toBeGreaterThan(0.7);
    expect(often).toBeLessThan(0.8);
  });
});

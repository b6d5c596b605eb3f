import { allPhases, select } from './phases.ts';

describe('the choice of phases', () => {
  it('is all of them when nothing is asked, but for the long ones', () => {
    expect(select([]).phases).toEqual(allPhases.filter(({ name }) => name !== 'faults'));
    expect(select(['--only=faults']).phases.map(({ name }) => name)).toEqual(['faults']);
  });

  it('keeps their order, and hands other arguments to jest', () => {
    const { phases, jestArguments } = select(['--only', 'e2e,unit', '-t', 'lock']);
    expect(phases.map(({ name }) => name)).toEqual(['unit', 'e2e']);
    expect(jestArguments).toEqual(['-t', 'lock']);
  });

  it('has nobody beside a phase that needs a server or a browser', () => {
    const alone = allPhases.filter(({ needs }) => needs.some((need) => !need.endsWith('build')));
    expect(alone.length).toBeGreaterThan(2);
    expect(alone.filter(({ isSideBySide }) => isSideBySide)).toEqual([]);
  });

  it('refuses a name that is no phase', () => {
    expect(() => select(['--only=units'])).toThrow(/No such phase: units/);
  });
});

import { identify, isAlive, parseStartTicks } from './processes.ts';

describe('the identity of a process', () => {
  it('reads the start time behind a program name with spaces and brackets', () => {
    const fields = Array.from({ length: 30 }, (_, index) => String(index + 3));
    expect(parseStartTicks(`1 (evil ) R 1 name) ${fields.join(' ')}`)).toBe('22');
  });

  it('tells a process from a later one with the same number', () => {
    const self = identify(process.pid)!;
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, startTime: 'another' })).toBe(false);
  });
});

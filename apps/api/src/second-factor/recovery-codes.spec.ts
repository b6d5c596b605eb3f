import { RecoveryCodes } from './recovery-codes.js';

it('are ten of 120 bits, all different', () => {
  const codes = RecoveryCodes.make();

  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([a-z2-7]{6}-){3}[a-z2-7]{6}$/);
});

it('are the same however they are typed', () => {
  const [code = ''] = RecoveryCodes.make();
  const kept = RecoveryCodes.hash('a', code);

  expect(RecoveryCodes.hash('a', ` ${code.toUpperCase().replaceAll('-', ' ')} `)).toBe(kept);
  expect(RecoveryCodes.hash('b', code)).not.toBe(kept);
  expect(RecoveryCodes.hash('a', code.slice(1))).not.toBe(kept);
});

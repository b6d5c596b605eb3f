import { randomBytes } from 'node:crypto';
import { SecretSeal } from './secret-seal.js';

const seal = new SecretSeal(randomBytes(32));

it('opens what it has sealed', () => {
  const sealed = seal.seal('JBSWY3DPEHPK3PXP', 'anna');

  expect(sealed).not.toContain('JBSWY3DPEHPK3PXP');
  expect(seal.open(sealed, 'anna')).toBe('JBSWY3DPEHPK3PXP');
  expect(seal.seal('JBSWY3DPEHPK3PXP', 'anna')).not.toBe(sealed);
});

it.each<[string, (sealed: string) => string]>([
  ['for another owner', (sealed) => seal.open(sealed, 'bert')],
  ['with another key', (sealed) => new SecretSeal(randomBytes(32)).open(sealed, 'anna')],
  [
    'and changed since',
    (sealed) =>
      seal.open(
        sealed.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
        'anna',
      ),
  ],
  ['and cut off', (sealed) => seal.open(sealed.slice(0, 30), 'anna')],
  ['never', () => seal.open('', 'anna')],
])('does not open what was sealed %s', (_, open) => {
  const sealed = seal.seal('JBSWY3DPEHPK3PXP', 'anna');

  expect(() => open(sealed)).toThrow();
});

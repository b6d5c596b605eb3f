import { AddressRanges } from './address-ranges.js';

const ranges = new AddressRanges(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', '0.0.0.0/32']);

it.each([
  '10.1.0.1',
  '10.1.255.255',
  '192.0.2.7',
  '::ffff:192.0.2.7',
  '::ffff:10.1.2.3',
  '2001:db8::1',
  '2001:db8:ffff::',
  '2001:db8::1%eth0',
])('includes %s', (address) => {
  expect(ranges.include(address)).toBe(true);
});

it.each(['10.2.0.1', '192.0.2.8', '::ffff:192.0.2.8', '2001:db9::1', '::1', '', 'unknown', '10.1.0.1.5'])(
  'does not include "%s"',
  (address) => {
    expect(ranges.include(address)).toBe(false);
  },
);

it('includes every address in a range of none of its bits', () => {
  expect(new AddressRanges(['0.0.0.0/0']).include('203.0.113.9')).toBe(true);
  expect(new AddressRanges(['::/0']).include('2001:db8::1')).toBe(true);
});

it.each(['10.0.0.0/8', '10.0.0.1', '::/0', '2001:db8::/128'])('takes %s for a range', (text) => {
  expect(AddressRanges.isRange(text)).toBe(true);
});

it.each([
  '',
  '/',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '10.0.0/8',
  'host',
  'fe80::1%eth0',
  ' 10.0.0.1',
])('does not take "%s" for one', (text) => {
  expect(AddressRanges.isRange(text)).toBe(false);
});

import { networkOf } from './network-of.js';

it.each([
  ['203.0.113.7', '203.0.113.7', 'an IPv4 address stands for itself'],
  ['::ffff:203.0.113.7', '203.0.113.7', 'the same address as a dual-stack socket shows it'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2', 'IPv6: the /64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2', 'however it is written'],
  ['2001:db8::1', '2001:db8:0:0', 'zeros left out in the middle'],
  ['fe80::1%eth0', 'fe80:0:0:0', 'with a zone'],
  ['::1', '0:0:0:0', 'loopback'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0', 'with an IPv4 tail'],
  ['', '', 'an address that is not known'],
])('%s counts as %s: %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

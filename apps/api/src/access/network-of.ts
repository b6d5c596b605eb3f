import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Who is behind an address, as far as it tells: an IPv4 address itself, the /64 of an IPv6 address, since that is what
 * one customer gets (RFC 6177).
 */
export function networkOf(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  // An IPv4 tail ("::1.2.3.4") stands for two groups; the first four are the same either way.
  const missing =
    tail === undefined ? 0 : 8 - groups(head).length - groups(tail.replace(/\d+(\.\d+){3}/, '0:0')).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail ?? '')];
  return all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

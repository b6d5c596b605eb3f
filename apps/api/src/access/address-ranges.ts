import { BlockList, isIP } from 'node:net';

/** Addresses and CIDR ranges, such as `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/32`. */
export class AddressRanges {
  private readonly list = new BlockList();

  /** @throws {Error} for what is not {@link AddressRanges.isRange a range} */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', bits] = range.split('/');
      const family = familyOf(address);
      if (bits === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(bits), family);
    }
  }

  static isRange(text: string): boolean {
    const [address = '', bits, rest] = text.split('/');
    const version = isIP(address);
    if (version === 0 || address.includes('%') || rest !== undefined) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  }

  /** An IPv4 address counts as itself in its IPv6 form too (`::ffff:192.0.2.7`); what is no address is in no range. */
  include(address: string): boolean {
    const [bare = ''] = address.split('%', 1);
    return isIP(bare) !== 0 && this.list.check(bare, familyOf(bare));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

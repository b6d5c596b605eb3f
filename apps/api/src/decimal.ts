import { z } from 'zod';

/** A whole number in a query, in decimal digits alone: `Number` would also take `0x10`, `1e1` and spaces. */
export function decimal(min: number, max: number) {
  const read = (text: unknown) => (typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : text);
  return z.preprocess(read, z.int().min(min).max(max));
}

import type { Export, ExportWish } from '../../api/types';

/** The order that makes an export like this one: its options as they were filled in, without those that were off. */
export function wishAgain({ database, options }: Pick<Export, 'database' | 'options'>): ExportWish {
  const wishes = Object.entries(options).filter(([name, value]) => {
    if (name === 'compressionLevel' && options.compression === 'none') return false;
    return value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  return { database, ...Object.fromEntries(wishes), noOwner: options.noOwner };
}

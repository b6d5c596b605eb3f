import type { ExportOptions } from '#lib/domain';
import type { FileScope } from '#lib/dump-engine';

/** What of the source a file with these options brings back. */
export function scopeOf({ content }: Pick<ExportOptions, 'content'>): FileScope {
  const hasData = content !== 'schema';
  return {
    hasTable: () => content !== 'data',
    hasRows: () => hasData,
    hasSequences: hasData,
    hasLargeObjects: hasData,
  };
}

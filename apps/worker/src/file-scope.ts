import type { ExportOptions } from '#lib/domain';
import type { FileScope, Selection } from '#lib/dump-engine';

/** What of the source a file with these options brings back. */
export function scopeOf({ content }: Pick<ExportOptions, 'content'>, selection: Selection): FileScope {
  const hasData = content !== 'schema';
  return {
    hasTable: (table) => content !== 'data' && selection.hasTable(table),
    hasRows: (table) => hasData && selection.hasRows(table),
    // Which of them go with their tables is pg_dump's to know.
    hasSequences: hasData && !selection.isPartial,
    hasLargeObjects: hasData && selection.hasLargeObjects,
  };
}

import type { ExportWish, TableName } from '../../api/types';

/** What becomes of the picked tables, or of the picked schemas. */
export type Scope = 'all' | 'onlySchemas' | 'exceptSchemas' | 'only' | 'except' | 'withoutRows';

/** The options as the panel's form holds them: every field, also those that the others make meaningless. */
export interface OptionChoice {
  format: 'custom' | 'plain' | 'directory';
  compression: 'zstd' | 'gzip' | 'none';
  /** Null: the default of the compression. */
  compressionLevel: number | null;
  /** Null: one a processor. */
  jobs: number | null;
  content: 'all' | 'schema' | 'data';
  scope: Scope;
  picked: TableName[];
  pickedSchemas: string[];
  noOwner: boolean;
  noPrivileges: boolean;
  clean: boolean;
  /**
   * MB of pg_dump output a second, as typed; empty: as fast as it goes. Text, because a number field that is written back
   * while somebody types `0.` turns `0.2` into 20, and because French writes `0,2`.
   */
  gentleMegabytes: string;
  verify: 'archive' | 'restore';
  /** age recipients, parted by white space or commas. */
  recipients: string;
  note: string;
}

export const DEFAULT_CHOICE: OptionChoice = {
  format: 'custom',
  compression: 'zstd',
  compressionLevel: null,
  jobs: null,
  content: 'all',
  scope: 'all',
  picked: [],
  pickedSchemas: [],
  noOwner: true,
  noPrivileges: false,
  clean: false,
  gentleMegabytes: '',
  verify: 'archive',
  recipients: '',
  note: '',
};

/** Highest level of each compression; `none` has no levels. */
export const TOP_LEVEL = { zstd: 19, gzip: 9, none: 0 } as const;
export const MOST_JOBS = 16;
/** Names that one filter takes at most. */
export const MOST_NAMES = 1_000;
export const MOST_RECIPIENTS = 20;
/** Least of gentle mode, in MB a second: the API's 65 536 bytes, rounded up. */
export const LEAST_MEGABYTES = 0.1;

/** An age X25519 recipient: bech32 without 1, b, i and o. */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

export const recipientsOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '');
export const isRecipient = (text: string): boolean => RECIPIENT.test(text);

/** The number that was typed, with a point or a comma; null of an empty text, NaN of what is not a number. */
export function megabytesOf(text: string): number | null {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return null;
  return /^\d+(\.\d*)?$/.test(typed) ? Number(typed) : Number.NaN;
}

/** Whether each option means something beside the others. What means nothing is neither shown nor sent. */
export function offered(choice: OptionChoice) {
  const oneStream = choice.format !== 'directory';
  const encrypted = oneStream && recipientsOf(choice.recipients).length > 0;
  // The throwaway server is filled by pg_restore, which reads archives, and needs more than rows.
  const restorable = choice.format !== 'plain' && choice.content !== 'data';
  const restoreCheck = restorable && !encrypted;
  const restores = restorable && choice.verify === 'restore';
  return {
    compressionLevel: choice.compression !== 'none',
    jobs: !oneStream,
    clean: choice.format === 'plain' && choice.content !== 'data',
    gentle: oneStream,
    encryption: oneStream && !restores,
    restoreCheck,
    rows: choice.content !== 'schema',
  };
}

/** Whether whole schemas are picked, or single tables; null where everything is exported. */
export function pickedOf(scope: Scope): 'schemas' | 'tables' | null {
  if (scope === 'all') return null;
  return scope === 'onlySchemas' || scope === 'exceptSchemas' ? 'schemas' : 'tables';
}

/** A schema's filter means also what is in it beside tables, and what it will hold tomorrow: its tables' names do not. */
function filterOf({ scope, picked, pickedSchemas, content }: OptionChoice): Partial<ExportWish> {
  if ((pickedOf(scope) === 'schemas' ? pickedSchemas : picked).length === 0) return {};
  switch (scope) {
    case 'onlySchemas':
      return { includeSchemas: pickedSchemas };
    case 'exceptSchemas':
      return { excludeSchemas: pickedSchemas };
    case 'only':
      return { includeTables: picked };
    case 'except':
      return { excludeTables: picked };
    case 'withoutRows':
      return content === 'schema' ? {} : { excludeTableData: picked };
    case 'all':
      return {};
  }
}

/** The order's body: only what differs from the API's own defaults, so that a changed default reaches everybody. */
export function wishOf(database: string, choice: OptionChoice): ExportWish {
  const may = offered(choice);
  const recipients = may.encryption ? recipientsOf(choice.recipients) : [];
  const megabytes = megabytesOf(choice.gentleMegabytes);
  const note = choice.note.trim();
  return {
    database,
    ...(choice.format !== 'custom' && { format: choice.format }),
    ...(choice.compression !== 'zstd' && { compression: choice.compression }),
    ...(may.compressionLevel && choice.compressionLevel !== null && { compressionLevel: choice.compressionLevel }),
    ...(may.jobs && choice.jobs !== null && { jobs: choice.jobs }),
    ...(choice.content !== 'all' && { content: choice.content }),
    ...filterOf(choice),
    ...(!choice.noOwner && { noOwner: false }),
    ...(choice.noPrivileges && { noPrivileges: true }),
    ...(may.clean && choice.clean && { clean: true }),
    ...(may.gentle && megabytes !== null && { maxBytesPerSecond: Math.round(megabytes * 1_000_000) }),
    ...(may.restoreCheck && choice.verify === 'restore' && { verify: 'restore' }),
    ...(recipients.length > 0 && { encryptTo: recipients }),
    ...(note !== '' && { note }),
  };
}

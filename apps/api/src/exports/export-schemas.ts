import {
  COMPRESSIONS,
  CONTENTS,
  EXPORT_STAGES,
  EXPORT_STATUSES,
  FORMATS,
  LEAST_BYTES_PER_SECOND,
  MOST_JOBS,
  MOST_NAMES,
  MOST_RECIPIENTS,
  VERIFICATIONS,
  TABLE_STATES,
} from '#lib/domain';
import { isAgeRecipient } from '#lib/dump-engine';
import { z } from 'zod';
import { decimal } from '../decimal.js';
import { isStorable, NOT_STORABLE } from '../storable-text.js';

/** PostgreSQL's own limit is 63 bytes; servers can be built with another. */
const MOST_NAME_LENGTH = 255;

/** Names the bad one, but does not repeat in an answer or a log what may be a secret key. */
function notARecipient(text: string): string {
  return /^age-secret-key/i.test(text)
    ? 'this is a secret key, which must not leave its owner; the recipient is the line that begins with age1'
    : `"${text.slice(0, 80)}" is no age recipient (age1 and 58 more characters, as age-keygen prints it)`;
}

const Name = z.string().min(1).max(MOST_NAME_LENGTH).refine(isStorable, NOT_STORABLE);

const schemaNames = (description: string) =>
  z
    .array(Name)
    .max(MOST_NAMES)
    .optional()
    .meta({
      description: `${description}. Names, letter by letter. Default: no filter`,
    });

const tableNames = (description: string) =>
  z
    .array(z.strictObject({ schema: Name, name: Name }))
    .max(MOST_NAMES)
    .optional()
    .meta({ description: `${description}. Names, letter by letter. Default: no filter` });

export const ExportRequest = z
  .strictObject({
    database: z.string().max(40).default('main').meta({ description: 'Which of the configured databases' }),
    format: z.enum(FORMATS).optional().meta({
      description:
        'custom: an archive for pg_restore; plain: a script for psql; directory: one `.tar`. Default: custom',
    }),
    compression: z.enum(COMPRESSIONS).optional().meta({ description: 'Default: zstd' }),
    compressionLevel: z.int().optional().meta({ description: 'zstd 1–19 (default 1), gzip 1–9 (default 6)' }),
    jobs: z.int().min(1).max(MOST_JOBS).optional().meta({
      description: 'Connections that dump side by side; only with format directory. Default: one a processor',
    }),
    content: z.enum(CONTENTS).optional().meta({ description: 'Default: all' }),
    includeSchemas: schemaNames('Nothing but these schemas, and no large objects, which are in none'),
    excludeSchemas: schemaNames('All but these schemas'),
    includeTables: tableNames('Nothing but these tables, views and foreign tables; a parent with all its descendants'),
    excludeTables: tableNames('All but these; a parent with all its descendants'),
    excludeTableData: tableNames('These without their rows; a parent with all its descendants'),
    noOwner: z.boolean().optional().meta({
      description: 'Without the owners: decides the restore command, and of a plain script the file. Default: true',
    }),
    noPrivileges: z.boolean().optional().meta({
      description: 'Without GRANTs: decides the restore command, and of a plain script the file. Default: false',
    }),
    clean: z.boolean().optional().meta({
      description: 'The script drops first what it makes; only with format plain. Default: false',
    }),
    maxBytesPerSecond: z.int().min(LEAST_BYTES_PER_SECOND).optional().meta({
      description: 'Gentle mode: bytes of uncompressed pg_dump output a second. Default: as fast as it goes',
    }),
    verify: z
      .enum(VERIFICATIONS)
      .optional()
      .meta({
        description:
          'archive (default): every block is read back. restore: the file is restored into a throwaway server and ' +
          'compared with the source, table by table; not with encryptTo or content data',
      }),
    encryptTo: z
      .array(z.string().refine(isAgeRecipient, { error: ({ input }) => notARecipient(String(input)) }))
      .min(1)
      .max(MOST_RECIPIENTS)
      .optional()
      .meta({ description: 'age recipients (`age1…`) that alone can open the file. Default: not encrypted' }),
    note: z.string().max(200).refine(isStorable, NOT_STORABLE).optional(),
  })
  .meta({ id: 'ExportRequest' });

/** POST without a body asks for the defaults. */
export const ExportRequestBody = ExportRequest.prefault({});

const Progress = z
  .object({
    percent: z.number().meta({ description: "0–100 from the server's own counters; 100 only when ready" }),
    bytesWritten: z.int(),
    rowsDone: z.int(),
    rowsTotal: z.int(),
    tablesDone: z.int(),
    tablesTotal: z.int(),
    currentTable: z.string().nullable(),
    etaSeconds: z.int().nullable(),
  })
  .meta({ id: 'Progress' });

const TableName = z.object({ schema: z.string(), name: z.string() });

const ExportOptions = z
  .object({
    format: z.enum(FORMATS),
    compression: z.enum(COMPRESSIONS),
    compressionLevel: z.int(),
    jobs: z.int().nullable(),
    content: z.enum(CONTENTS),
    includeSchemas: z.array(z.string()),
    excludeSchemas: z.array(z.string()),
    includeTables: z.array(TableName),
    excludeTables: z.array(TableName),
    excludeTableData: z.array(TableName),
    noOwner: z.boolean(),
    noPrivileges: z.boolean(),
    clean: z.boolean(),
    maxBytesPerSecond: z.int().nullable(),
    verify: z.enum(VERIFICATIONS),
    encryptTo: z.array(z.string()),
    note: z.string().nullable(),
  })
  .meta({ id: 'ExportOptions' });

const FileProof = z
  .object({
    kind: z.enum(VERIFICATIONS).meta({ description: 'restore: restored and compared; archive: read through' }),
    at: z.iso.datetime(),
    tables: z.int().meta({ description: 'Tables whose rows were found' }),
    rows: z.int().nullable().meta({ description: 'Rows that were compared; null unless restored' }),
  })
  .meta({ id: 'FileProof' });

const ExportFile = z
  .object({
    name: z.string(),
    sizeBytes: z.int(),
    sha256: z.string().meta({ description: 'Lower-case hex' }),
    expiresAt: z.iso.datetime().nullable(),
    restoreCommand: z
      .string()
      .meta({ description: 'Replace FILE, TARGET (an existing, empty database) and KEY (an age identity file)' }),
    requires: z.array(z.string()).meta({ description: "What the file alone can't bring back" }),
    proof: FileProof.nullable().meta({ description: 'How the file was proven; null of files of older versions' }),
  })
  .meta({ id: 'ExportFile' });

export const Export = z
  .object({
    id: z.uuid(),
    database: z.string(),
    status: z.enum(EXPORT_STATUSES),
    stage: z.enum(EXPORT_STAGES),
    progress: Progress,
    options: ExportOptions,
    file: ExportFile.nullable(),
    error: z.object({ code: z.string(), message: z.string(), detail: z.string().nullable() }).nullable(),
    requestedBy: z.object({ id: z.uuid(), email: z.string(), via: z.enum(['session', 'token']) }),
    blocking: z.object({ waiting: z.int(), longestWaitSeconds: z.int() }).nullable(),
    attempts: z.int(),
    queuePosition: z.int().meta({ description: 'How many exports wait before this one; 0 unless queued' }),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Export' });
export type ExportView = z.infer<typeof Export>;

export const Estimate = z
  .object({
    sizeBytes: z.int().meta({ description: 'Of the tables that would be dumped, without indexes, and large objects' }),
    tables: z.int(),
    estimatedFileBytes: z.int().meta({ description: 'From past runs with like options, or a rule of thumb' }),
    estimatedSeconds: z.int().meta({ description: 'Likewise' }),
    freeBytes: z.int().meta({ description: 'Of the disk with the least room to spare, seen from the API' }),
    fits: z.boolean().meta({ description: 'Whether there is room, with a margin, wherever bytes are needed' }),
  })
  .meta({ id: 'Estimate' });

export const ExportPage = z
  .object({ items: z.array(Export), nextCursor: z.string().nullable() })
  .meta({ id: 'ExportPage' });

export const ExportQuery = z.strictObject({
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(EXPORT_STATUSES)))
    .optional()
    .meta({ description: 'One status, or several with commas between' }),
  database: z.string().max(40).refine(isStorable, NOT_STORABLE).optional(),
  cursor: z.uuid().optional().meta({ description: '`nextCursor` of the page before' }),
  limit: decimal(1, 100).default(20).meta({ default: 20 }),
});

/** As the database writes it, which knows it in any case. */
export const ExportId = z.uuid().toLowerCase();

/** The guard has read it already. */
export const FileQuery = z.strictObject({
  link: z.string().optional().meta({ description: 'A download link carries its proof here' }),
});

export const TableProgressList = z
  .array(
    z
      .object({
        schema: z.string(),
        name: z.string(),
        sizeBytes: z.int().meta({ description: 'In the source, with its TOAST table' }),
        rowsDone: z.int(),
        rowsTotal: z.int().meta({ description: 'Estimated until the run has counted' }),
        state: z.enum(TABLE_STATES),
      })
      .meta({ id: 'TableProgress' }),
  )
  .meta({ id: 'TableProgressList' });

export const DownloadLink = z.object({ url: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'DownloadLink' });

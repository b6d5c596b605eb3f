/** The API's shapes by name; `schema.d.ts` is generated from `docs/openapi.json` and never edited. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Export = Schemas['Export'];
export type ExportPage = Schemas['ExportPage'];
export type ExportRequest = Schemas['ExportRequest'];
export type Database = Schemas['Database'];
export type SignedIn = Schemas['SignedIn'];
export type DownloadLink = Schemas['DownloadLink'];
export type Problem = Schemas['Problem'];
export type Token = Schemas['Token'];
export type NewToken = Schemas['NewToken'];
export type IssuedToken = Schemas['IssuedToken'];
export type Account = Schemas['Account'];
export type NewUser = Schemas['NewUser'];
export type UserChange = Schemas['UserChange'];
export type TotpState = Schemas['TotpState'];
export type TotpSecret = Schemas['TotpSecret'];
export type RecoveryCodeList = Schemas['RecoveryCodeList'];
export type SignInMethods = Schemas['SignInMethods'];
export type Role = Account['role'];

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** A table of a database's catalog. */
export interface CatalogTable extends TableName {
  readonly kind: string;
  readonly sizeBytes: number | null;
  readonly estimatedRows: number | null;
}

/** A table of an export, and how far its rows are dumped. */
export interface ExportTable extends TableName {
  readonly sizeBytes: number;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly state: 'waiting' | 'dumping' | 'done';
}

/** What an export would take, from the catalog and past runs. */
export interface Estimate {
  readonly sizeBytes: number;
  readonly tables: number;
  readonly estimatedFileBytes: number;
  readonly estimatedSeconds: number | null;
  readonly freeBytes: number | null;
  readonly fits: boolean;
}

/** An order's body: every option of the contract. */
export interface ExportWish {
  readonly database: string;
  readonly format?: 'custom' | 'plain' | 'directory';
  readonly compression?: 'zstd' | 'gzip' | 'none';
  readonly compressionLevel?: number;
  readonly jobs?: number;
  readonly content?: 'all' | 'schema' | 'data';
  readonly includeSchemas?: readonly string[];
  readonly excludeSchemas?: readonly string[];
  readonly includeTables?: readonly TableName[];
  readonly excludeTables?: readonly TableName[];
  readonly excludeTableData?: readonly TableName[];
  readonly noOwner?: boolean;
  readonly noPrivileges?: boolean;
  readonly clean?: boolean;
  readonly maxBytesPerSecond?: number;
  readonly verify?: 'archive' | 'restore';
  readonly encryptTo?: readonly string[];
  readonly note?: string;
}

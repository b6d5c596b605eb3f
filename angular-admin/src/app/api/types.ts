/** The API's shapes by name; `schema.d.ts` is generated from `docs/openapi.json` and never edited. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Export = Schemas['Export'];
export type ExportPage = Schemas['ExportPage'];
export type ExportRequest = Schemas['ExportRequest'];
export type Estimate = Schemas['Estimate'];
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
export type AuditPage = Schemas['AuditPage'];
export type AuditRecord = Schemas['AuditRecord'];
export type NewPassword = Schemas['NewPassword'];
export type OwnSession = Schemas['SessionList'][number];
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

/** An order's body: what is left out has the API's default. */
export type ExportWish = Partial<ExportRequest> & {
  readonly includeTables?: readonly TableName[];
  readonly excludeTables?: readonly TableName[];
  readonly excludeTableData?: readonly TableName[];
};

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
export type Me = Schemas['Me'];
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

/** A table of a database's catalog. */
export type CatalogTable = Schemas['DatabaseTable'];
/** A table of an export, and how far its rows are dumped. */
export type ExportTable = Schemas['TableProgress'];
export type TableName = Pick<CatalogTable, 'schema' | 'name'>;

/** An order's body: what is left out has the API's default. */
export type ExportWish = Partial<ExportRequest>;

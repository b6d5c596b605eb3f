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

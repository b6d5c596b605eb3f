export { isAgeRecipient } from './age-recipient.js';
export { readBackendsAtWork } from './backends-at-work.js';
export { dumpArguments } from './dump-command.js';
export { type CopyCounter, DumpProgress } from './dump-progress.js';
export { DirectoryDump } from './directory-dump.js';
export { Dump, type DumpedFile, type DumpInput, type FileInput } from './dump.js';
export { classifyFileError } from './failure-words.js';
export { endBackends } from './left-backends.js';
export { underLimit } from './pace.js';
export { hashFile } from './partial-file.js';
export { type FreeSpace, readFreeSpace, requireFreeSpace } from './free-space.js';
export { OwnSchemas } from './own-schemas.js';
export { spaceNeeds } from './space-needs.js';
export { readSourceSize } from './source-size.js';
export { requireReadable } from './unreadable.js';
export { type PgClient, PgPrograms } from './pg-programs.js';
export { lowerSession, sessionNice } from './session-priority.js';
export { SourceAddress } from './source-address.js';
export { ask, connectToSource, disconnect } from './source-client.js';
export { SourceWatch, type WatchDuty } from './source-watch.js';
export {
  readDatabaseSize,
  readLargeObjectBytes,
  readSourceFacts,
  readSourceTables,
  type CatalogTable,
  type SourceFacts,
  type SourceTable,
} from './source-inspection.js';
export { readNeeds } from './source-needs.js';
export { TableRoll } from './table-roll.js';
export { unpackFolder } from './tar-file.js';
export type { DatabaseFigures } from './proof/comparison.js';
export { type DatabaseTraits, readDatabaseTraits } from './proof/database-traits.js';
export { PgServers, type PgServer } from './proof/pg-servers.js';
export { FIRST_PROVABLE_SERVER, type PrivilegedObjects, readPrivilegedObjects } from './proof/privileged-objects.js';
export { PROOF_SUFFIX, proofParents, removeProofFolder } from './proof/proof-folder.js';
export { Proof, type ProofProgress, type Proven } from './proof/proof.js';
export { type FileScope, SourceSnapshot } from './proof/source-snapshot.js';
export { type CatalogRelation, readCatalog, RELATION_KINDS } from './source-catalog.js';
export { resolveSelection, Selection, selectionFailure, SelectionProblem } from './selection.js';

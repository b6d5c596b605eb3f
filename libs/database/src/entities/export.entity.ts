import {
  type Blocking,
  type Caller,
  type ExportOptions,
  type ExportStage,
  type ExportStatus,
  type FailureCode,
  type LossCode,
  type Progress,
  type RunTimes,
  storedOptions,
  type Verification,
} from '#lib/domain';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The finished file, as it was when every byte of it had been read back. */
export interface StoredFile {
  name: string;
  /** Where the artifact store keeps it: a name of the store's own, never a path and never from a client. */
  key: string;
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
  restoreCommand: string;
  /** What the file alone can't bring back (roles, extensions). */
  requires: string[];
  /** Missing in rows that are older than this. */
  proof?: FileProof;
  /** What made it, for the estimate of the next one; missing likewise. */
  made?: { sourceBytes: number; seconds: number; times?: RunTimes };
}

/** How a file was proven, and what was found in it. */
export interface FileProof {
  kind: Verification;
  /** RFC 3339, UTC. */
  at: string;
  /** Tables whose rows were found. */
  tables: number;
  /** Rows that were compared; null where none were. */
  rows: number | null;
}

export interface StoredError {
  code: FailureCode | LossCode;
  message: string;
  detail: string | null;
}

/** An export: this row is the truth about it; the queue and the disk follow. */
@Entity({ name: 'exports', schema: 'pgexport' })
@Index('exports_status_idx', ['status', 'id'])
@Index('exports_database_idx', ['database', 'id'])
export class ExportEntity {
  /** UUIDv7: sorts by the time of the request. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'exports_pkey' })
  id!: string;

  @Column({ type: 'text' })
  database!: string;

  @Column({ type: 'text', default: 'queued' })
  status!: ExportStatus;

  @Column({ type: 'text', default: 'waiting' })
  stage!: ExportStage;

  @Column({ type: 'jsonb' })
  progress!: Progress;

  /** Who waits behind the run's locks. */
  @Column({ type: 'jsonb', nullable: true })
  blocking!: Blocking | null;

  @Column({ type: 'jsonb', transformer: { to: (options: unknown) => options, from: storedOptions } })
  options!: ExportOptions;

  @Column({ type: 'jsonb', nullable: true })
  file!: StoredFile | null;

  @Column({ type: 'jsonb', nullable: true })
  error!: StoredError | null;

  @Column({ name: 'requested_by_id', type: 'uuid' })
  requestedById!: string;

  @Column({ name: 'requested_by_email', type: 'text' })
  requestedByEmail!: string;

  @Column({ name: 'requested_via', type: 'text' })
  requestedVia!: Caller['via'];

  @Column({ name: 'session_id', type: 'uuid' })
  sessionId!: string;

  /** Runs so far; with `workerId` the fence that keeps a frozen worker from overwriting its successor. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'worker_id', type: 'text', nullable: true })
  workerId!: string | null;

  @Column({ name: 'heartbeat_at', type: 'timestamptz', nullable: true })
  heartbeatAt!: Date | null;

  /** Not to be run before this: the back-off of a run that was put back. */
  @Column({ name: 'run_after', type: 'timestamptz', nullable: true })
  runAfter!: Date | null;

  @Column({ name: 'cancel_requested_at', type: 'timestamptz', nullable: true })
  cancelRequestedAt!: Date | null;

  /** Grows with each change that a client can see: the ETag. */
  @Column({ type: 'integer', default: 0 })
  version!: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** While this is ahead, somebody downloads the file, or may resume. */
  @Column({ name: 'downloading_until', type: 'timestamptz', nullable: true })
  downloadingUntil!: Date | null;
}

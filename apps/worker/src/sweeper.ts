import { ArtifactStore, exportOfKey } from '#lib/artifacts';
import { type ExportEntity, ExportLedger, Housekeeping, SweepTurn } from '#lib/database';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PROOF_SUFFIX, proofParents, removeProofFolder } from '#lib/dump-engine';
import { Repeater } from './repeater.js';
import { UNFINISHED_SUFFIXES } from './work-folder.js';

const INTERVAL_MS = 30_000;
/** Younger files may belong to a run that this process has not heard of yet; those from the future, to a clock that was wrong. */
const ORPHAN_AGE_MS = 120_000;
const BATCH = 100;
const ROW_BATCH = 1_000;

/** Deletes files whose time has come, files that their export needs no more, and rows that nobody asks for. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Sweeper.name);
  private readonly strangers = new Set<string>();
  private readonly repeater = new Repeater(this.logger, INTERVAL_MS, async () => {
    await this.sweep();
  });

  constructor(
    private readonly ledger: ExportLedger,
    private readonly store: ArtifactStore,
    private readonly settings: { workDir: string; exportMaxStoredBytes: number | null },
    private readonly housekeeping: Housekeeping,
    private readonly turn: SweepTurn,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.repeater.stop();
  }

  /** @returns false when another process sweeps at this moment */
  sweep(): Promise<boolean> {
    return this.turn.take(() => this.sweepAll());
  }

  private async sweepAll(): Promise<void> {
    await this.housekeeping.clear(ROW_BATCH);
    for (const row of await this.ledger.expired(BATCH)) await this.expire(row, 'its time has come');
    const { exportMaxStoredBytes } = this.settings;
    const beyond = exportMaxStoredBytes === null ? [] : await this.ledger.beyond(exportMaxStoredBytes);
    for (const row of beyond) await this.expire(row, 'newer files need its room');
    await this.reportLosses();
    await this.removeOrphans();
  }

  private async expire({ id, file }: ExportEntity, why: string): Promise<void> {
    if (!(await this.ledger.retire(id, 'expired'))) return;
    if (file !== null) await this.store.delete(file.key);
    this.logger.log(`Export ${id} has expired: ${why}.`);
  }

  /** A `ready` export whose file has vanished must say so; while the store is away nothing is lost. */
  private async reportLosses(): Promise<void> {
    // In this order: what became ready after the question is no part of the answer.
    const ready = await this.ledger.readyFiles();
    if (!(await this.store.isUp())) return;
    const whole = (await this.store.list()).filter((file) => file.whole);
    const there = new Set(whole.map(({ key }) => key));
    if (!(await this.store.isUp())) return;
    for (const { id } of ready.filter(({ key }) => !there.has(key))) {
      if (await this.ledger.loseFile(id)) this.logger.error(`The file of export ${id} has vanished from the store.`);
    }
  }

  private async removeOrphans(): Promise<void> {
    const artifacts = (await this.store.list()).filter(({ modifiedAt }) => isOld(modifiedAt));
    const unfinished = await this.oldUnfinished();
    const keys = [...artifacts.map(({ key }) => key), ...unfinished.map(({ key }) => key)];
    if (keys.length === 0) return;
    const known = await this.ledger.artifactsOf([...new Set(keys.map((key) => exportOfKey(key) ?? ''))]);
    // A file of an export that this database has never heard of belongs to another database, and is not ours to judge.
    const needOf = (key: string) => known.get(exportOfKey(key) ?? '');
    const isOrphan = (key: string) => needOf(key) !== undefined && needOf(key) !== key;
    for (const { key, whole } of artifacts.filter((artifact) => isOrphan(artifact.key))) {
      await (whole ? this.store.delete(key) : this.store.deleteArriving(key));
      this.logger.warn(`Removed ${key}, which belonged to no export.`);
    }
    for (const { path } of unfinished.filter(({ key }) => isOrphan(key))) {
      await (path.endsWith(PROOF_SUFFIX) ? removeProofFolder(path) : rm(path, { recursive: true, force: true }));
      this.logger.warn(`Removed ${basename(path)}, left behind by a run that is over.`);
    }
    this.mentionStrangers(keys.filter((key) => needOf(key) === undefined));
  }

  /** Once for each file: an administrator may have changed DATABASE_URL and not DATA_DIR. */
  private mentionStrangers(keys: readonly string[]): void {
    const fresh = keys.filter((key) => !this.strangers.has(key));
    for (const key of fresh) this.strangers.add(key);
    if (fresh.length === 0) return;
    this.logger.warn(
      `${String(fresh.length)} files are of exports that this database does not know, and stay: ${fresh.slice(0, 5).join(', ')}.`,
    );
  }

  /** What runs have left in the work folder, and where servers of proofs are; whatever else lies there is not ours. */
  private async oldUnfinished(): Promise<{ key: string; path: string }[]> {
    const { workDir } = this.settings;
    const found = await Promise.all([
      ...UNFINISHED_SUFFIXES.map((suffix) => findUnfinished(workDir, suffix)),
      ...proofParents(workDir).map((parent) => findUnfinished(parent, PROOF_SUFFIX)),
    ]);
    const ages = await Promise.all(found.flat().map(({ path }) => stat(path).catch(() => null)));
    return found.flat().filter((_, index) => isOld(ages[index]?.mtime));
  }
}

async function findUnfinished(folder: string, suffix: string): Promise<{ key: string; path: string }[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(suffix));
  return names
    .map((name) => ({ key: name.slice(0, -suffix.length), path: join(folder, name) }))
    .filter(({ key }) => exportOfKey(key) !== null);
}

function isOld(modifiedAt: Date | undefined): boolean {
  const age = Date.now() - (modifiedAt?.getTime() ?? NaN);
  return age > ORPHAN_AGE_MS || age < -ORPHAN_AGE_MS;
}

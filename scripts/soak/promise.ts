import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareDatabases } from '../../sample-database/compare-databases.ts';
import { restoreByCommand } from '../../test/support/restore.ts';
import { administer, querySql } from '../../test/support/stack.ts';
import { wordsOf } from '../plain-error.ts';
import type { Accepted } from './asker.ts';
import { findProcesses } from './process-search.ts';
import type { Stage } from './stage.ts';

/** An export's row, as far as the promise is about it. */
export interface Row {
  id: string;
  status: string;
  attempts: number;
  code: string | null;
  file: { key: string; sizeBytes: number; sha256: string; restoreCommand: string } | null;
}

/** What faults may honestly lead to; any other code would be a mistake of ours. */
const HONEST = new Set(['interrupted', 'source_unreachable', 'disk_full', 'storage_failed']);
const FINAL = new Set(['ready', 'failed', 'cancelled', 'deleted', 'expired']);
/** Exports that wait for their turn and their next try. */
const FINAL_MILLISECONDS = 10 * 60_000;
/** Where root's throwaway servers live, which can't enter the work folder. */
const PROOFS = '/var/lib/pg-export/proofs';
/** The sweeper comes every 30 s, and leaves what is younger than two minutes. */
const CLEAN_MILLISECONDS = 4 * 60_000;

/** Waits until everything has come to an end, and gives it. */
export async function allFinal(stage: Stage): Promise<Row[]> {
  const deadline = Date.now() + FINAL_MILLISECONDS;
  for (;;) {
    const rows = await stage.sql<Row>(
      `SELECT id, status, attempts, error->>'code' AS code, file FROM pgexport.exports ORDER BY id`,
    );
    if ((rows.length > 0 && rows.every(({ status }) => FINAL.has(status))) || Date.now() > deadline) return rows;
    await sleep(500);
  }
}

/** What of the promise is broken about the exports, in words. */
export function complaintsAboutRows(rows: readonly Row[], accepted: readonly Accepted[]): string[] {
  const known = new Map(rows.map((row) => [row.id, row]));
  const asked = new Map(accepted.map((one) => [one.id, one]));
  return [
    ...accepted.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} was accepted, and is not there`),
    ...(asked.size === accepted.length ? [] : ['Two requests were given one export']),
    ...rows.flatMap(({ id, status, attempts, code }) => {
      const act = asked.get(id)?.request.then.act;
      return [
        ...(asked.has(id) ? [] : [`${id} is there, and nobody was told of it`]),
        ...(FINAL.has(status) ? [] : [`${id} has no end: ${status}`]),
        ...(status === 'failed' && !HONEST.has(code ?? '') ? [`${id} failed with ${code}`] : []),
        ...(status === 'cancelled' && act !== 'cancel' ? [`${id} is cancelled, and nobody wanted that`] : []),
        ...(status === 'deleted' && act !== 'delete' ? [`${id} is deleted, and nobody wanted that`] : []),
        ...(status === 'expired' ? [`${id} has lost its file: ${code}`] : []),
        ...(attempts > 3 ? [`${id} was tried ${attempts} times`] : []),
      ];
    }),
  ];
}

/** Downloads and restores a ready file with its own command, and compares the database with the source. */
export async function complaintAboutFile(stage: Stage, row: Row, { request }: Accepted): Promise<string | null> {
  const { file, id } = row;
  if (file === null) return `${id} is ready and has no file`;
  const path = join(stage.folder, `check-${id}`);
  const target = `check_${id.replaceAll('-', '')}`;
  const server = stage.source.url();
  try {
    const sha256 = await stage.clients[0]?.download(id, path);
    if (sha256 !== file.sha256) return `${id}: what was downloaded has sha256 ${sha256}, promised was ${file.sha256}`;
    await administer(`CREATE DATABASE ${target} TEMPLATE template0`, server);
    await restoreByCommand(file.restoreCommand, path, target, { server, keyFile: stage.keyFile });
    if (request.body['content'] !== 'all') return null;
    const { database } = request.body;
    const differences = await compareDatabases(stage.sourceUrl(database), stage.sourceUrl(target));
    return differences.length === 0 ? null : `${id} (${database}): ${differences.slice(0, 3).join('; ')}`;
  } catch (error) {
    return `${id} (${JSON.stringify(request.body)}) does not restore: ${wordsOf(error)}`;
  } finally {
    rmSync(path, { force: true });
    await administer(`DROP DATABASE IF EXISTS ${target} WITH (FORCE)`, server);
  }
}

/** What is left behind although nothing runs any more; waits for the sweeper. */
export async function leftBehind(stage: Stage, rows: readonly Row[]): Promise<string[]> {
  const deadline = Date.now() + CLEAN_MILLISECONDS;
  for (;;) {
    const left = [...strayFiles(stage, rows), ...(await strayBackends(stage)), ...strayPrograms(stage, rows)];
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(1_000);
  }
}

function strayFiles(stage: Stage, rows: readonly Row[]): string[] {
  const needed = new Set(rows.flatMap(({ status, file }) => (status === 'ready' && file !== null ? [file.key] : [])));
  const inStore = namesIn(join(stage.store.path, 'files')).filter((name) => !name.startsWith('.'));
  return [
    ...namesIn(join(stage.work.path, 'files')).map((name) => `left in the work folder: ${name}`),
    ...namesIn(PROOFS)
      .filter((name) => rows.some(({ id }) => name.includes(id)))
      .map((name) => `left of a proof: ${name}`),
    ...inStore.filter((name) => !needed.has(name)).map((name) => `left in the store: ${name}`),
    ...[...needed].filter((name) => !inStore.includes(name)).map((name) => `missing in the store: ${name}`),
  ];
}

async function strayBackends(stage: Stage): Promise<string[]> {
  const rows = await querySql<{ name: string; state: string }>(
    stage.source.url(),
    `SELECT application_name AS name, state FROM pg_stat_activity WHERE application_name LIKE 'pg-export/%'`,
  );
  return rows.map(({ name, state }) => `left on the source: a backend of ${name}, ${state}`);
}

/** The product's own processes are still there; whatever else works in its folders, or for its source, is not. */
function strayPrograms(stage: Stage, rows: readonly Row[]): string[] {
  const port = new URL(stage.source.url()).port;
  const found = [
    ...findProcesses({ program: 'pg_dump', variable: `PGPORT=${port}` }),
    ...findProcesses({ folder: stage.work.path }),
    ...findProcesses({ folder: PROOFS }).filter(({ command }) => rows.some(({ id }) => command.includes(id))),
    ...findProcesses({ folder: stage.stack.dataDir }).filter(({ command }) => !command.includes('/dist/apps/')),
  ];
  return found.map(({ pid, command }) => `left running: ${pid} ${command}`);
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

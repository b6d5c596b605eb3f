import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LastingLog } from './lasting-log.js';

it('writes line after line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg-export-log-'));
  const file = openSync(join(folder, 'log'), 'a');
  const log = new LastingLog(file);
  log.write('one\n');
  log.write(`${'é'.repeat(100_000)}\n`);
  closeSync(file);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(`one\n${'é'.repeat(100_000)}\n`);
  rmSync(folder, { recursive: true });
});

it('says nothing of a disk that is full', () => {
  const file = openSync('/dev/full', 'a');
  const log = new LastingLog(file);
  log.write('lost\n');
  closeSync(file);
});

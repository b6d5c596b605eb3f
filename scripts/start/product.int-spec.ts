import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findByCommand } from '../../test/support/process-table.ts';
import { until } from '../../test/support/condition.ts';
import { setUp, type FirstAdmin } from './product.ts';

const answer = `console.log('{"createdAdmin":{"email":"admin@localhost","password":"secret"}}');`;

describe('the setup process', () => {
  let root: string;
  let told: FirstAdmin[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pg-export-setup-'));
    told = [];
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Runs a tiny program in the place of the real one. */
  function run(code: string, force = new AbortController().signal): Promise<void> {
    const folder = join(root, 'dist/apps/api/src');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'setup.js'), code);
    return setUp({ root, environment: process.env, force, onFirstAdmin: (admin) => told.push(admin) });
  }

  it('is in a group of its own, so that a Ctrl-C does not end it between making the account and telling', async () => {
    const done = run('setTimeout(() => {}, 1_000)');
    await until('the process is seen', () => findByCommand(root).length > 0);
    const [row] = findByCommand(root);
    expect(row?.group).toBe(row?.pid);
    await done;
  });

  it('tells of the account also when it ends badly after that', async () => {
    await expect(run(`${answer} console.error('closing failed'); process.exitCode = 1;`)).rejects.toThrow(
      /could not be prepared/,
    );
    expect(told).toEqual([{ email: 'admin@localhost', password: 'secret' }]);
  });

  it('tells of the account also when it is ended by force', async () => {
    const force = new AbortController();
    const done = run(
      `${answer} require('node:fs').writeFileSync('told', ''); setInterval(() => {}, 1_000);`,
      force.signal,
    );
    await until('it has told', () => findByCommand(root).length > 0 && existsSync(join(root, 'told')));
    force.abort(new Error('by force'));
    await expect(done).rejects.toThrow('by force');
    expect(told).toHaveLength(1);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfChanged, type BuildTarget } from './build-target.ts';

describe('buildIfChanged', () => {
  const write = "require('fs').mkdirSync('dist', { recursive: true }); require('fs').appendFileSync('dist/out', 'x')";
  const target: BuildTarget = { name: 'thing', inputs: ['src', 'lock'], outputs: ['dist/out'], command: ['-e', write] };
  const lines: string[] = [];
  let root: string;
  const build = (what = target): Promise<boolean> => buildIfChanged(root, what, (line) => lines.push(line));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pg-export-build-'));
    mkdirSync(join(root, 'src/deep'), { recursive: true });
    writeFileSync(join(root, 'src/deep/a.ts'), '1');
    lines.length = 0;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('builds once, and says so', async () => {
    await expect(build()).resolves.toBe(true);
    await expect(build()).resolves.toBe(false);
    expect(lines).toEqual(['Building the thing…']);
    expect(readFileSync(join(root, 'dist/out'), 'utf8')).toBe('x');
  });

  it.each([
    ['a changed file', () => writeFileSync(join(root, 'src/deep/a.ts'), '2')],
    ['a new file', () => writeFileSync(join(root, 'src/b.ts'), '')],
    ['a removed output', () => rmSync(join(root, 'dist/out'))],
  ])('builds again after %s', async (_, change) => {
    await build();
    change();
    await expect(build()).resolves.toBe(true);
  });

  it('finishes what the command has made, before the build counts as done', async () => {
    const finish = (at: string): void => writeFileSync(join(at, 'dist/out'), 'finished');
    await build({ ...target, finish });
    expect(readFileSync(join(root, 'dist/out'), 'utf8')).toBe('finished');
    writeFileSync(join(root, 'src/b.ts'), '');
    const fail = (): void => {
      throw new Error('no room');
    };
    await expect(build({ ...target, finish: fail })).rejects.toThrow('no room');
    await expect(build({ ...target, finish })).resolves.toBe(true);
  });

  it("fails with the compiler's words, and builds again next time", async () => {
    await build();
    writeFileSync(join(root, 'src/b.ts'), '');
    const broken = { ...target, command: ['-e', "console.log('a.ts(1,1): wrong'); process.exit(2)"] };
    await expect(build(broken)).rejects.toThrow(/could not be built[^]*a\.ts\(1,1\): wrong/);
    await expect(build()).resolves.toBe(true);
  });
});

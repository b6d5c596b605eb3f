import { completeOptions, type ExportOptions, type RequestedOptions } from '#lib/domain';
import { dumpArguments } from './dump-command.js';
import { Selection } from './selection.js';

const options = (wishes: RequestedOptions) => completeOptions(wishes) as ExportOptions;
const args = (wishes: RequestedOptions = {}, clientMajor = 15, ownSchemas: string[] = []) =>
  dumpArguments({
    options: options(wishes),
    clientMajor,
    lockTimeoutSeconds: 30,
    selection: Selection.all(ownSchemas),
  });

describe("pg_dump's arguments", () => {
  it('ask for an archive, for names of tables, for no password prompt and for no long wait', () => {
    expect(args()).toEqual([
      '--format=custom',
      '--verbose',
      '--no-password',
      '--lock-wait-timeout=30000',
      '--compress=0',
    ]);
  });

  it.each([
    ['zstd around the archive', { compression: 'zstd' }, 15, '--compress=0'],
    ['its own zstd', { compression: 'zstd', compressionLevel: 7 }, 16, '--compress=zstd:7'],
    ['gzip', { compression: 'gzip' }, 15, '--compress=6'],
    ['gzip, even where it has zstd', { compression: 'gzip', compressionLevel: 9 }, 17, '--compress=9'],
    ['nothing', { compression: 'none' }, 17, '--compress=0'],
  ] as const)('compress with %s', (_, wishes, clientMajor, expected) => {
    expect(args(wishes, clientMajor)).toContain(expected);
  });

  it('dump a directory by several connections, and leave the sync to the tar', () => {
    const wishes = { format: 'directory', jobs: 3 } as const;
    expect(args(wishes)).toEqual(expect.arrayContaining(['--format=directory', '--jobs=3', '--no-sync']));
    expect(args(wishes)).not.toContain('--format=custom');
    expect(args().join(' ')).not.toMatch(/--jobs|--no-sync/);
  });

  it('write a script without owners, privileges or what is there before, as an archive does when it is restored', () => {
    const script = (wishes: RequestedOptions) => args({ format: 'plain', ...wishes });
    expect(script({})).toEqual(expect.arrayContaining(['--format=plain', '--no-owner']));
    expect(script({}).join(' ')).not.toMatch(/--no-privileges|--clean/);
    expect(script({ noOwner: false, noPrivileges: true })).toContain('--no-privileges');
    expect(script({ noOwner: false })).not.toContain('--no-owner');
    expect(script({ clean: true })).toEqual(expect.arrayContaining(['--clean', '--if-exists']));
    expect(args({ noPrivileges: true }).join(' ')).not.toMatch(/--no-owner|--no-privileges/);
  });

  it('choose between schema, data and all', () => {
    expect(args({ content: 'schema' })).toContain('--schema-only');
    expect(args({ content: 'data' })).toContain('--data-only');
    expect(args({ content: 'all' }).join(' ')).not.toMatch(/--(schema|data)-only/);
  });

  it("leave out pg-export's own schemas only where there are any", () => {
    expect(args({}, 15, ['a', 'b'])).toEqual(expect.arrayContaining(['--exclude-schema="a"', '--exclude-schema="b"']));
    expect(args().join(' ')).not.toContain('--exclude');
  });

  it('never hold free text: neither the note nor anything of the connection', () => {
    expect(args({ note: '--file=/etc/passwd' })).toEqual(args());
  });
});

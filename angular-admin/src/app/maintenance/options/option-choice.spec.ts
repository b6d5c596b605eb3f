import { exportOf } from '../../testing/builders';
import { wishAgain } from './again';
import { DEFAULT_CHOICE, isRecipient, megabytesOf, offered, type OptionChoice, wishOf } from './option-choice';

const RECIPIENT = `age1${'q'.repeat(58)}`;
const choice = (fields: Partial<OptionChoice>): OptionChoice => ({ ...DEFAULT_CHOICE, ...fields });
const orders = [{ schema: 'public', name: 'orders' }];

describe('the options on the page', () => {
  it('send nothing that is the API’s own default', () => {
    expect(wishOf('main', DEFAULT_CHOICE)).toEqual({ database: 'main' });
  });

  it('send every wish', () => {
    const wishes = choice({
      compression: 'gzip',
      compressionLevel: 9,
      content: 'data',
      scope: 'except',
      picked: orders,
      noOwner: false,
      noPrivileges: true,
      gentleMegabytes: '2,5',
      recipients: `${RECIPIENT},\n ${RECIPIENT}`,
      note: ' before the move ',
    });
    expect(wishOf('main', wishes)).toEqual({
      database: 'main',
      compression: 'gzip',
      compressionLevel: 9,
      content: 'data',
      excludeTables: orders,
      noOwner: false,
      noPrivileges: true,
      maxBytesPerSecond: 2_500_000,
      encryptTo: [RECIPIENT, RECIPIENT],
      note: 'before the move',
    });
  });

  it.each<[string, Partial<OptionChoice>, object]>([
    ['jobs outside a directory', { jobs: 4 }, {}],
    ['clean outside a script', { clean: true }, {}],
    ['a level of no compression', { compression: 'none', compressionLevel: 3 }, { compression: 'none' }],
    ['a trial restore of a script', { format: 'plain', verify: 'restore' }, { format: 'plain' }],
    ['a trial restore of rows alone', { content: 'data', verify: 'restore' }, { content: 'data' }],
    ['a gentle directory', { format: 'directory', gentleMegabytes: '2' }, { format: 'directory' }],
    ['an encrypted directory', { format: 'directory', recipients: RECIPIENT }, { format: 'directory' }],
    ['a trial restore of an encrypted file', { verify: 'restore', recipients: RECIPIENT }, { encryptTo: [RECIPIENT] }],
    [
      'tables without rows in a structure',
      { content: 'schema', scope: 'withoutRows', picked: orders },
      { content: 'schema' },
    ],
  ])('never send %s', (_, fields, sent) => {
    // One of the two that exclude each other always remains: nothing is refused by the API.
    const wish = wishOf('main', choice(fields));
    if ('encryptTo' in sent) expect('verify' in wish && 'encryptTo' in wish).toBe(false);
    else expect(wish).toEqual({ database: 'main', ...sent });
  });

  it.each(['only', 'withoutRows'] as const)('put the picked tables where the scope %s says', (scope) => {
    const name = scope === 'only' ? 'includeTables' : 'excludeTableData';
    expect(wishOf('main', choice({ scope, picked: orders }))).toEqual({ database: 'main', [name]: orders });
  });

  it.each([
    ['onlySchemas', 'includeSchemas'],
    ['exceptSchemas', 'excludeSchemas'],
  ] as const)('send schemas as schemas with the scope %s', (scope, filter) => {
    const wishes = choice({ scope, picked: orders, pickedSchemas: ['billing', 'Sal.es'] });
    expect(wishOf('main', wishes)).toEqual({ database: 'main', [filter]: ['billing', 'Sal.es'] });
  });

  it('are not offered where they mean nothing', () => {
    expect(offered(choice({ format: 'directory' }))).toMatchObject({ jobs: true, gentle: false, encryption: false });
    expect(offered(choice({ format: 'plain' }))).toMatchObject({ jobs: false, clean: true, gentle: true });
    expect(offered(choice({ verify: 'restore' }))).toMatchObject({ encryption: false });
    expect(offered(choice({ recipients: RECIPIENT }))).toMatchObject({ restoreCheck: false });
  });

  it.each([
    ['', null],
    ['0.2', 0.2],
    ['0,2', 0.2],
    [' 12. ', 12],
  ])('read "%s" MB a second as %p, whatever the language', (text, megabytes) => {
    expect(megabytesOf(text)).toBe(megabytes);
  });

  it.each(['fast', '-1', '1.2.3', '1e3'])('take "%s" MB a second for no number', (text) => {
    expect(megabytesOf(text)).toBeNaN();
  });

  it('know an age recipient from a secret key and a slip', () => {
    expect(isRecipient(RECIPIENT)).toBe(true);
    expect(isRecipient(RECIPIENT.slice(1))).toBe(false);
    expect(isRecipient(`AGE-SECRET-KEY-1${'Q'.repeat(58)}`)).toBe(false);
  });

  it('are asked for again as they were', () => {
    const run = exportOf({ database: 'billing', options: { ...exportOf().options, noOwner: false, note: 'twice' } });
    expect(wishAgain(run)).toEqual({
      database: 'billing',
      format: 'custom',
      compression: 'zstd',
      compressionLevel: 1,
      content: 'all',
      noOwner: false,
      verify: 'archive',
      note: 'twice',
    });
  });
});

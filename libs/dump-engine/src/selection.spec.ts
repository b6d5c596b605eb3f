import { completeSelection, type SelectionOptions } from '#lib/domain';
import { Selection } from './selection.js';
import type { CatalogRelation, SourceCatalog } from './source-catalog.js';

const relation = (oid: number, text: string, parents: number[] = []): CatalogRelation => {
  const [schema = '', name = ''] = text.split('.');
  return { oid, schema, name, kind: 'table', sizeBytes: 0, estimatedRows: 0, parents };
};
const table = (text: string) => {
  const { schema, name } = relation(0, text);
  return { schema, name };
};
const CATALOG: SourceCatalog = {
  schemas: ['a', 'b', 'empty'],
  encoding: 'UTF8',
  relations: [
    relation(1, 'a.orders'),
    relation(2, 'a.Orders'),
    relation(3, 'b.orders'),
    relation(10, 'a.parent'),
    relation(11, 'b.child', [10]),
    relation(12, 'b.grandchild', [11]),
    relation(20, 'b.other'),
    relation(21, 'b.of_two', [10, 20]),
  ],
};
const select = (options: Partial<SelectionOptions>, catalog = CATALOG) =>
  Selection.of(completeSelection(options), catalog, ['own']);
const problemOf = (options: Partial<SelectionOptions>) => {
  try {
    return select(options).arguments;
  } catch (error) {
    return error;
  }
};
const left = (selection: Selection) =>
  CATALOG.relations.filter((one) => selection.hasTable(one)).map(({ schema, name }) => `${schema}.${name}`);

describe('a selection', () => {
  it('names tables letter by letter', () => {
    const { arguments: args } = select({ includeTables: [table('a.Orders')] });
    expect(args).toEqual(['--strict-names', '--table="a"."Orders"']);
  });

  it('quotes what is a pattern to psql, and the quote itself', () => {
    const odd = { ...relation(5, 'x.y'), schema: 'a', name: 'say "hi" *?.$(x|y)' };
    const { arguments: args } = select(
      { excludeTables: [{ schema: 'a', name: odd.name }] },
      { ...CATALOG, relations: [odd] },
    );
    expect(args).toEqual(['--exclude-schema="own"', '--exclude-table="a"."say ""hi"" *?.$(x|y)"']);
  });

  it('of schemas leaves the others out, and all large objects, but never makes the schema public anew', () => {
    expect(select({ includeSchemas: ['a', 'empty'] }).arguments).toEqual([
      '--exclude-schema="own"',
      '--exclude-schema="b"',
      '--no-blobs',
      '--no-publications',
      '--no-subscriptions',
    ]);
  });

  it('means all descendants of a parent, each once', () => {
    const { arguments: args } = select({ includeTables: [table('a.parent'), table('b.other')] });
    expect(args.slice(1)).toEqual([
      '--table="a"."parent"',
      '--table="b"."child"',
      '--table="b"."grandchild"',
      '--table="b"."of_two"',
      '--table="b"."other"',
    ]);
    expect(select({ excludeTableData: [table('b.child')] }).arguments).toEqual([
      '--exclude-schema="own"',
      '--exclude-table-data="b"."child"',
      '--exclude-table-data="b"."grandchild"',
    ]);
  });

  it('takes from a parent what is excluded of it', () => {
    const selection = select({ includeTables: [table('a.parent')], excludeTables: [table('b.child')] });
    expect(left(selection)).toEqual(['a.parent', 'b.of_two']);
  });

  it('knows what it leaves, with and without rows', () => {
    expect(left(select({ includeSchemas: ['a'] }))).toEqual(['a.orders', 'a.Orders', 'a.parent']);
    expect(left(select({ excludeSchemas: ['a'], excludeTables: [table('b.child')] }))).toEqual([
      'b.orders',
      'b.other',
      'b.of_two',
    ]);
    const hollow = select({ excludeTableData: [table('a.orders')] });
    expect([hollow.hasTable(table('a.orders')), hollow.hasRows(table('a.orders'))]).toEqual([true, false]);
    expect(hollow.hasRows(table('a.Orders'))).toBe(true);
    expect(Selection.all(['b']).hasTable(table('b.orders'))).toBe(false);
  });

  it.each<[Partial<SelectionOptions>, RegExp]>([
    [{ includeSchemas: ['A'] }, /no schema "A"/],
    [{ excludeSchemas: ['own'] }, /no schema "own"/],
    [{ includeTables: [table('a.ORDERS')] }, /no table "a"."ORDERS"/],
    [{ excludeTables: [{ schema: 'a', name: 'order*' }] }, /no table "a"."order\*"/],
    [{ excludeTableData: [{ schema: '', name: 'orders' }] }, /no table ""."orders"/],
  ])('of %j is of unknown names', (options, words) => {
    expect(problemOf(options)).toMatchObject({
      code: 'unknown_table',
      message: expect.stringMatching(words) as string,
    });
  });

  it('that leaves nothing, or empties what is not there, makes no sense', () => {
    const nothing = { includeTables: [table('b.child')], excludeTables: [table('a.parent')] };
    expect(problemOf(nothing)).toMatchObject({ code: 'invalid_options' });
    const idle = { includeTables: [table('a.orders')], excludeTableData: [table('b.orders')] };
    expect(problemOf(idle)).toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('"b"."orders"') as string,
    });
    expect(problemOf({ includeTables: [table('b.child')], excludeTableData: [table('a.parent')] })).toContain(
      '--exclude-table-data="b"."child"',
    );
  });

  it('of more partitions than a command line takes says so', () => {
    const partitions = Array.from({ length: 7000 }, (_, index) => relation(1000 + index, `b.p${String(index)}`, [10]));
    const options = completeSelection({ includeTables: [table('a.parent')] });
    const big = { ...CATALOG, relations: [...CATALOG.relations, ...partitions] };
    expect(() => Selection.of(options, big, [])).toThrow(/7004 names/);
  });

  it('asks pg_dump for UTF-8 where its arguments would be misread', () => {
    const catalog = { ...CATALOG, encoding: 'LATIN1', relations: [relation(1, 'a.é'), relation(2, 'a.e')] };
    expect(select({ includeTables: [table('a.é')] }, catalog).arguments).toContain('--encoding=UTF8');
    expect(select({ includeTables: [table('a.e')] }, catalog).arguments).not.toContain('--encoding=UTF8');
  });
});

import type { Content } from './export-options.js';
import { completeSelection, isFiltered, problemOfSelection, type SelectionOptions } from './export-selection.js';

const table = (text: string) => {
  const [schema = '', name = ''] = text.split('.');
  return { schema, name };
};
const problem = (selection: Partial<SelectionOptions>, content: Content = 'all') =>
  problemOfSelection(completeSelection(selection), content);

describe('the selection of an export', () => {
  it('is everything unless it is asked for less', () => {
    expect(isFiltered(completeSelection({}))).toBe(false);
    expect(isFiltered(completeSelection({ excludeTableData: [table('a.b')] }))).toBe(true);
    expect(isFiltered(completeSelection({ includeSchemas: ['a'] }))).toBe(true);
  });

  it('counts a name once that is given twice, in whatever order its parts come', () => {
    const { includeTables, excludeSchemas } = completeSelection({
      includeTables: [
        { schema: 'a', name: 'b' },
        { name: 'b', schema: 'a' },
        { schema: 'a', name: 'B' },
      ],
      excludeSchemas: ['x', 'x'],
    });
    expect(includeTables).toEqual([table('a.b'), table('a.B')]);
    expect(excludeSchemas).toEqual(['x']);
  });

  it.each<[Partial<SelectionOptions>, RegExp]>([
    [{ includeSchemas: ['a', 'b'], excludeSchemas: ['b'] }, /"b" is in includeSchemas and in excludeSchemas/],
    [{ includeSchemas: ['a'], includeTables: [table('b.t')] }, /includeTables names "b"."t", which is not in include/],
    [{ includeSchemas: ['a'], excludeTables: [table('b.t')] }, /excludeTables names "b"."t", which is not in include/],
    [{ includeSchemas: ['a'], excludeTableData: [table('b.t')] }, /excludeTableData names "b"."t"/],
    [
      { excludeSchemas: ['a'], includeTables: [table('a.t')] },
      /includeTables names "a"."t", whose schema is in exclude/,
    ],
    [
      { excludeSchemas: ['a'], excludeTables: [table('a.t')] },
      /excludeTables names "a"."t", whose schema is in exclude/,
    ],
    [{ includeTables: [table('a.t')], excludeTables: [table('a.t')] }, /"a"."t" is in includeTables and in excludeT/],
    [{ excludeTableData: [table('a.t')], excludeTables: [table('a.t')] }, /"a"."t" is in excludeTableData and in/],
  ])('%j makes no sense', (selection, words) => {
    expect(problem(selection)).toMatch(words);
  });

  it('leaves no rows out where there are none', () => {
    expect(problem({ excludeTableData: [table('a.t')] }, 'schema')).toMatch(/no rows at all/);
    expect(problem({ excludeTableData: [table('a.t')] }, 'data')).toBeNull();
  });

  it('may narrow schemas down to tables, and a parent by its children', () => {
    expect(problem({ includeSchemas: ['a'], includeTables: [table('a.t')], excludeTables: [table('a.u')] })).toBeNull();
    expect(problem({ includeSchemas: ['a'], excludeSchemas: ['b'] })).toBeNull();
  });
});

import type { ComponentFixture } from '@angular/core/testing';
import type { ExportTable } from '../../api/types';
import { render, settle, setUpPanel, textOf } from '../../testing/panel-bed';
import { TableMap } from './table-map';
import { segmentsOf } from './table-share';

const table = (name: string, sizeBytes: number, fields: Partial<ExportTable> = {}): ExportTable => ({
  schema: 'public',
  name,
  sizeBytes,
  rowsDone: 0,
  rowsTotal: 100,
  state: 'waiting',
  ...fields,
});

describe('shares of the tables', () => {
  it('are as wide as the tables are big, biggest first, the small ones together', () => {
    const dust = Array.from({ length: 30 }, (_, nth) => table(`dust${String(nth)}`, 1));
    const segments = segmentsOf([table('small', 250_000), ...dust, table('big', 750_000)]);
    expect(segments.map(({ name }) => name)).toEqual(['public.big', 'public.small', null]);
    expect(segments[0]?.share).toBeCloseTo(0.75, 3);
    expect(segments[2]?.tables).toBe(30);
  });

  it('fill as their rows are dumped, and never above the brim', () => {
    const segments = segmentsOf([
      table('done', 3, { state: 'done', rowsTotal: 0 }),
      table('half', 2, { state: 'dumping', rowsDone: 50 }),
      table('more', 1, { state: 'dumping', rowsDone: 130 }),
    ]);
    expect(segments.map(({ filled }) => filled)).toEqual([1, 0.5, 1]);
  });

  it('of a database without a byte divide by nothing', () => {
    expect(segmentsOf([table('a', 0), table('b', 0, { state: 'done' })])).toMatchObject([{ share: 0, filled: 0 }]);
    expect(segmentsOf([])).toEqual([]);
  });
});

describe('table map', () => {
  let fixture: ComponentFixture<TableMap>;
  const stretches = (): HTMLElement[] =>
    Array.from((fixture.nativeElement as HTMLElement).querySelectorAll<HTMLElement>('.stretch'));

  beforeEach(async () => {
    setUpPanel();
    fixture = await render(TableMap, {
      tables: [
        table('orders', 600, { state: 'done', rowsDone: 100 }),
        table('events', 400, { state: 'dumping', rowsDone: 25 }),
        table('stock', 200),
      ],
    });
  });

  it('tells the table that is being dumped, and the one that is looked at', async () => {
    const told = (): string => (fixture.nativeElement as HTMLElement).querySelector('.told')?.textContent ?? '';
    expect(told()).toContain('public.events');
    expect(told()).toContain('25 sur 100 lignes');
    stretches()[2]?.dispatchEvent(new MouseEvent('mouseenter'));
    await settle();
    expect(told()).toContain('public.stock');
    expect(told()).toContain('en attente');
  });

  it('is one stop of the Tab key, and arrows go from table to table', async () => {
    document.body.append(fixture.nativeElement as HTMLElement);
    expect(stretches().map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1]);
    stretches()[0]?.focus();
    stretches()[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    await settle();
    expect(document.activeElement).toBe(stretches()[1]);
    expect(stretches().map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1]);
  });

  it('has the same as a table of words', () => {
    expect(textOf(fixture)).toContain('Toutes les tables');
    const rows = (fixture.nativeElement as HTMLElement).querySelectorAll('tbody tr');
    expect(rows).toHaveLength(3);
    expect(rows[0]?.textContent).toContain('terminée');
  });

  it('counts rows and the tables that are left out as the language does', async () => {
    const dust = Array.from({ length: 198 }, (_, nth) => table(`dust${String(nth)}`, 1));
    fixture.componentRef.setInput('tables', [
      table('none', 900, { state: 'done', rowsDone: 0 }),
      table('single', 800, { state: 'done', rowsDone: 1 }),
      table('pair', 700, { state: 'done', rowsDone: 2 }),
      ...dust,
    ]);
    await settle();
    const labels = stretches().map((stretch) => stretch.getAttribute('aria-label') ?? '');
    expect(labels[0]).toMatch(/· 0 ligne ·/);
    expect(labels[1]).toMatch(/· 1 ligne ·/);
    expect(labels[2]).toMatch(/· 2 lignes ·/);
    expect(textOf(fixture)).toContain('et 1 table plus petite');
    fixture.componentRef.setInput('tables', [
      table('big', 9),
      table('more', 8),
      table('less', 7),
      ...dust,
      table('x', 1),
    ]);
    await settle();
    expect(textOf(fixture)).toContain('et 2 tables plus petites');
  });
});

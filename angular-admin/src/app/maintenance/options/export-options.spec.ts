import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { HttpTestingController } from '@angular/common/http/testing';
import { ComponentFixture } from '@angular/core/testing';
import { MatExpansionPanelHarness } from '@angular/material/expansion/testing';
import { MatFormFieldHarness } from '@angular/material/form-field/testing';
import { MatInputHarness, MatNativeSelectHarness } from '@angular/material/input/testing';
import { catalogUrl } from '../../api/routes';
import { render, settle, setUpPanel, textOf } from '../../testing/panel-bed';
import { ExportOptions } from './export-options';
import { DEFAULT_CHOICE } from './option-choice';

describe('export options', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<ExportOptions>;

  const loader = () => TestbedHarnessEnvironment.loader(fixture);
  const choose = async (label: string, option: string): Promise<void> => {
    const field = await loader().getHarness(MatFormFieldHarness.with({ floatingLabelText: label }));
    const select = await field.getControl(MatNativeSelectHarness);
    await select?.selectOptions({ text: option });
    // A browser says both `input` and `change`; the harness only the latter.
    await (await select?.host())?.dispatchEvent('input');
    await settle();
  };
  /** Without a harness, which would wait for the catalog that is asked for. */
  const chooseScope = async (scope: string): Promise<void> => {
    const selects = (fixture.nativeElement as HTMLElement).querySelectorAll('select');
    const select = Array.from(selects).find(({ options }) => Array.from(options).some(({ value }) => value === scope));
    if (select !== undefined) select.value = scope;
    select?.dispatchEvent(new Event('input'));
    await settle();
  };
  const labels = async (): Promise<string[]> => {
    const fields = await loader().getAllHarnesses(MatFormFieldHarness);
    return Promise.all(fields.map(async (field) => (await field.getLabel()) ?? ''));
  };

  beforeEach(async () => {
    http = setUpPanel();
    fixture = await render(ExportOptions, { database: 'main', choice: DEFAULT_CHOICE });
  });

  async function open(): Promise<void> {
    await (await loader().getHarness(MatExpansionPanelHarness)).expand();
  }

  it('are closed until somebody wants them, and say that nothing was changed', async () => {
    const panel = await loader().getHarness(MatExpansionPanelHarness);
    await expect(panel.isExpanded()).resolves.toBe(false);
    await expect(panel.getDescription()).resolves.toBe('Valeurs par défaut');
    http.verify();
  });

  it('offer only what the format can do', async () => {
    await open();
    await choose('Format', 'Répertoire (.tar)');
    expect(await labels()).toContain('Connexions parallèles');
    expect(await labels()).not.toContain('Mode doux (Mo/s)');
    expect(await labels()).not.toContain('Chiffrer pour (clés publiques age)');
    await choose('Format', 'Script SQL');
    expect(await labels()).not.toContain('Connexions parallèles');
    expect(textOf(fixture)).toContain('Supprimer d’abord');
    expect(textOf(fixture)).toContain('Script SQL');
  });

  it('show what is wrong when an order is tried with it', async () => {
    await open();
    const field = await loader().getHarness(MatFormFieldHarness.with({ floatingLabelText: /Chiffrer/ }));
    await (await field.getControl(MatInputHarness))?.setValue('age1typo');
    await settle();
    expect(fixture.componentInstance.valid()).toBe(false);
    fixture.componentInstance.reveal();
    await settle();
    await expect(field.getTextErrors()).resolves.toEqual(['«\u00a0age1typo\u00a0» n’est pas une clé publique age.']);
  });

  it('leave a number as it is typed, and refuse one that is none', async () => {
    await open();
    const field = await loader().getHarness(MatFormFieldHarness.with({ floatingLabelText: /Mode doux/ }));
    const input = await field.getControl(MatInputHarness);
    await input?.setValue('0.');
    await settle();
    await expect(input?.getValue()).resolves.toBe('0.');
    await input?.setValue('slow');
    await input?.blur();
    await expect(field.getTextErrors()).resolves.toEqual(['Au moins 0,1 Mo/s.']);
  });

  it('let tables be searched for and picked from the catalog', async () => {
    await open();
    await chooseScope('except');
    http.expectOne(catalogUrl('main')).flush([
      { schema: 'public', name: 'orders', kind: 'table', sizeBytes: 14_100_000, estimatedRows: 10 },
      { schema: 'audit', name: 'events', kind: 'table', sizeBytes: 9_800_000, estimatedRows: 10 },
    ]);
    await settle();
    const search = await loader().getHarness(MatInputHarness.with({ selector: '[type=search]' }));
    await search.setValue('audit ev');
    await settle();
    const boxes = (fixture.nativeElement as HTMLElement).querySelectorAll<HTMLInputElement>(
      'app-table-picker input[type=checkbox]',
    );
    expect(boxes).toHaveLength(1);
    boxes[0]?.click();
    await settle();
    expect(fixture.componentInstance.choice().picked).toMatchObject([{ schema: 'audit', name: 'events' }]);
  });

  it('let schemas be picked, each with what is in it, and sent as schemas', async () => {
    await open();
    await chooseScope('onlySchemas');
    http.expectOne(catalogUrl('main')).flush([
      { schema: 'public', name: 'orders', kind: 'table', sizeBytes: 14_100_000, estimatedRows: 10 },
      { schema: 'audit', name: 'events', kind: 'partitioned table', sizeBytes: 9_800_000, estimatedRows: 10 },
      { schema: 'audit', name: 'events_2026', kind: 'table', sizeBytes: 9_800_000, estimatedRows: 10 },
    ]);
    await settle();
    expect(fixture.componentInstance.valid()).toBe(false);
    const rows = Array.from((fixture.nativeElement as HTMLElement).querySelectorAll('app-schema-picker li'));
    expect(rows.map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'audit2 tables · 9,8 Mo',
      'public1 table · 14,1 Mo',
    ]);
    rows[0]?.querySelector('input')?.click();
    await settle();
    expect(fixture.componentInstance.choice().pickedSchemas).toEqual(['audit']);
    expect(fixture.componentInstance.valid()).toBe(true);
    expect(textOf(fixture)).toContain('Seulement les schémas choisis');
  });

  it('say at once that more tables were picked than an export can name', async () => {
    await open();
    await chooseScope('only');
    const many = Array.from({ length: 1_001 }, (_, rank) => ({ schema: 'public', name: `t${String(rank)}` }));
    http.expectOne(catalogUrl('main')).flush(many.map((table) => ({ ...table, kind: 'table', sizeBytes: 1 })));
    await settle();
    const all = Array.from((fixture.nativeElement as HTMLElement).querySelectorAll('button'));
    all.find(({ textContent }) => textContent.includes('Tout choisir'))?.click();
    await settle();
    expect(textOf(fixture)).toContain('1 000 noms au plus, et non 1 001');
    expect(textOf(fixture)).toContain('Choisies : 1 001 · trouvées : 1 001 sur 1 001');
    expect(fixture.componentInstance.valid()).toBe(false);
    // A choice that is put aside does not stand in the way.
    await chooseScope('exceptSchemas');
    expect(fixture.componentInstance.valid()).toBe(true);
  });

  it('count schemas and what is in them as the reader’s language does', async () => {
    await open();
    await chooseScope('onlySchemas');
    const tables = Array.from({ length: 1_200 }, (_, rank) => ({ schema: 'big', name: `t${String(rank)}` }));
    const schemas = Array.from({ length: 1_200 }, (_, rank) => ({ schema: `s${String(rank)}`, name: 'one' }));
    http
      .expectOne(catalogUrl('main'))
      .flush([...tables, ...schemas].map((table) => ({ ...table, kind: 'table', sizeBytes: 1 })));
    await settle();
    expect(textOf(fixture)).toContain('Choisis : 0 · trouvés : 1 201 sur 1 201');
    expect(textOf(fixture)).toContain('big1 200 tables');
    expect(textOf(fixture)).toContain('et 1 101 autres');
  });

  it('say why the catalog cannot be read, and read it again', async () => {
    await open();
    await chooseScope('only');
    http.expectOne(catalogUrl('main')).flush({ code: 'source_unreachable' }, { status: 503, statusText: 'down' });
    await settle();
    expect((fixture.nativeElement as HTMLElement).querySelector('app-problem-face')).not.toBeNull();
    expect(fixture.componentInstance.valid()).toBe(false);
  });
});

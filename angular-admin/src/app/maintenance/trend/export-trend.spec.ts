import type { HttpTestingController, TestRequest } from '@angular/common/http/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { EXPORTS_URL } from '../../api/routes';
import { ready } from '../../testing/builders';
import { render, settle, setUpPanel, textOf } from '../../testing/panel-bed';
import { ExportTrend } from './export-trend';

const page = { items: [ready(), { ...ready(), id: 'export-0' }], nextCursor: null };

describe('export trend', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<ExportTrend>;
  const asked = (database: string): TestRequest =>
    http.expectOne(({ url, params }) => url === EXPORTS_URL && params.get('database') === database);
  const look = async (database: string): Promise<void> => {
    fixture.componentRef.setInput('database', database);
    await settle();
  };

  beforeEach(async () => {
    http = setUpPanel();
    fixture = await render(ExportTrend, { database: 'main' });
    asked('main').flush(page);
    await settle();
  });

  it('says in words that like is compared with like', () => {
    const picture = (fixture.nativeElement as HTMLElement).querySelector('[role=img]');
    expect(picture?.getAttribute('aria-label')).toContain('Taille du fichier des 2 derniers exports comparables');
  });

  it('keeps what it shows while it is asked for again', async () => {
    fixture.componentRef.setInput('version', 'ready');
    await settle();
    expect(textOf(fixture)).toContain('13,1');
    asked('main').flush({ code: 'internal' }, { status: 500, statusText: 'x' });
    await settle();
    expect(textOf(fixture)).toContain('13,1');
  });

  it('shows nothing of another database, whatever comes of the question', async () => {
    expect(textOf(fixture)).toContain('13,1');
    await look('billing');
    expect(textOf(fixture)).toBe('');
    asked('billing').flush({ code: 'internal' }, { status: 500, statusText: 'x' });
    await settle();
    expect(textOf(fixture)).toBe('');
  });
});

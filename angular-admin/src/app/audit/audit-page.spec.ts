import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter, Router, RouterOutlet, withComponentInputBinding } from '@angular/router';
import { AUDIT_URL } from '../api/routes';
import { render, settle, setUpPanel, signInAs, textOf } from '../testing/panel-bed';
import { AuditPage } from './audit-page';
import { auditQuery } from './audit-query';

const record = {
  seq: 12,
  at: '2026-11-23T02:15:00Z',
  action: 'download',
  outcome: 'aborted',
  actor: { userId: 'user-1', email: 'admin@localhost', via: 'session', credentialId: 'session-1' },
  address: '10.0.0.7',
  correlationId: 'c-1',
  target: 'export-1',
  details: {},
  hash: 'ff',
};

describe('audit page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<AuditPage>;

  beforeEach(async () => {
    http = setUpPanel();
    await signInAs('SUPER_ADMIN');
    fixture = await render(AuditPage);
  });

  it('says who did what, what came of it, and from where', async () => {
    http.expectOne(`${AUDIT_URL}?limit=50`).flush({ items: [record], nextCursor: '12' });
    await settle();
    const words = textOf(fixture);
    for (const part of ['Téléchargement · interrompu', 'admin@localhost', '10.0.0.7', 'export-1']) {
      expect(words).toContain(part);
    }
    const older = (fixture.nativeElement as HTMLElement).querySelector('nav a');
    expect(older?.getAttribute('href')).toBe('/audit?cursor=12');
  });

  it('asks for the page that the address names', async () => {
    http.expectOne(`${AUDIT_URL}?limit=50`).flush({ items: [], nextCursor: null });
    fixture.componentRef.setInput('cursor', '12');
    await settle();
    http.expectOne(`${AUDIT_URL}?limit=50&cursor=12`).flush({ items: [record], nextCursor: null });
    await settle();
    expect(textOf(fixture)).toContain('Les plus récents');
  });

  it('shows nothing of what was asked before under filters that are not answered yet', async () => {
    http.expectOne(`${AUDIT_URL}?limit=50`).flush({ items: [record], nextCursor: '12' });
    await settle();
    fixture.componentRef.setInput('outcome', 'failed');
    await settle();
    expect(textOf(fixture)).not.toContain('10.0.0.7');
    expect(textOf(fixture)).not.toContain('Plus anciens');
    expect(textOf(fixture)).toContain('Lecture du journal');
  });
});

@Component({ imports: [RouterOutlet], template: '<router-outlet />' })
class Frame {}

describe('the filters of the audit page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<Frame>;

  const lists = (): TestRequest[] => http.match((request) => request.url.startsWith(AUDIT_URL));
  const wanted = (): Record<string, string> => {
    const request = lists().findLast(({ cancelled }) => !cancelled);
    request?.flush({ items: [], nextCursor: null });
    return Object.fromEntries(new URL(request?.request.urlWithParams ?? '', 'http://panel').searchParams);
  };
  const field = (label: string): HTMLInputElement | HTMLSelectElement => {
    const host = fixture.nativeElement as HTMLElement;
    const found = Array.from(host.querySelectorAll('label')).find(({ textContent }) => textContent.includes(label));
    return host.querySelector<HTMLInputElement | HTMLSelectElement>(`#${found?.htmlFor ?? 'none'}`)!;
  };
  async function choose(label: string, value: string): Promise<void> {
    const control = field(label);
    control.value = value;
    control.dispatchEvent(new Event('change'));
    await settle();
  }
  async function open(url: string): Promise<Record<string, string>> {
    await TestBed.inject(Router).navigateByUrl(url);
    await settle();
    const query = wanted();
    await settle();
    return query;
  }

  beforeEach(async () => {
    http = setUpPanel([], [provideRouter([{ path: 'audit', component: AuditPage }], withComponentInputBinding())]);
    await signInAs('SUPER_ADMIN');
    fixture = await render(Frame);
  });
  afterEach(() => {
    fixture.destroy();
  });

  it('are what the address says, with days as instants', async () => {
    const query = await open('/audit?action=download&outcome=refused&actor=a@b&from=2026-11-23&to=2026-11-23&cursor=9');

    expect(query).toEqual({
      limit: '50',
      action: 'download',
      outcome: 'refused',
      actor: 'a@b',
      from: new Date(2026, 10, 23).toISOString(),
      to: new Date(2026, 10, 24).toISOString(),
      cursor: '9',
    });
    expect(textOf(fixture)).toContain('Rien ne correspond à ces filtres.');
    expect(field('Action').value).toBe('download');
    expect(field('Au (inclus)').value).toBe('2026-11-23');
  });

  it('leave out what there is not', async () => {
    expect(await open('/audit?action=nonsense&outcome=x&from=yesterday')).toEqual({ limit: '50' });
  });

  it('go into the address, from its first page on, and out of it again', async () => {
    await open('/audit?cursor=9');
    await choose('Action', 'login');
    await choose('Compte', ' Boss@Example.com ');
    expect(TestBed.inject(Router).url).toBe('/audit?action=login&actor=Boss@Example.com');
    expect(wanted()).toEqual({ limit: '50', action: 'login', actor: 'Boss@Example.com' });
    await settle();

    const button = Array.from((fixture.nativeElement as HTMLElement).querySelectorAll('button')).find(
      ({ textContent }) => textContent.includes('Effacer les filtres'),
    );
    button?.click();
    await settle();
    expect(TestBed.inject(Router).url).toBe('/audit');
    expect(wanted()).toEqual({ limit: '50' });
  });

  it('hold for the file, too', async () => {
    await open('/audit?outcome=failed');
    const save = Array.from((fixture.nativeElement as HTMLElement).querySelectorAll('button')).find(({ textContent }) =>
      textContent.includes('NDJSON'),
    );
    save?.click();
    await settle();
    const request = http.expectOne((asked) => asked.headers.get('Accept') === 'application/x-ndjson');
    expect(request.request.urlWithParams).toBe(`${AUDIT_URL}?outcome=failed`);
  });

  it('stay where a question fails, and so does the way to ask again', async () => {
    await open('/audit');
    await choose('Résultat', 'failed');
    lists().at(-1)?.flush({ code: 'internal', correlationId: 'c-9' }, { status: 500, statusText: 'x' });
    await settle();
    expect(textOf(fixture)).toContain('c-9');
    expect(field('Résultat').value).toBe('failed');
  });

  it('end a day where the next one begins, whatever the clocks do that night', () => {
    const { to } = auditQuery({ to: '2026-10-25' });
    expect(new Date(to ?? '').toLocaleString('sv')).toBe('2026-10-26 00:00:00');
  });

  it.each(['0002-01-01', '0202-01-01', '9999-12-31', '2026-02-30', '2026-13-01'])(
    'ask for nothing by a day that is none: %s',
    (day) => {
      expect(auditQuery({ from: day, to: day })).toEqual({});
    },
  );

  it('name who did it where there is no account: the machine, or the provider', async () => {
    await TestBed.inject(Router).navigateByUrl('/audit');
    await settle();
    const actor = { userId: null, email: null, credentialId: null };
    const items = [
      { ...record, seq: 3, actor: { ...actor, via: 'machine' } },
      { ...record, seq: 2, actor: { ...actor, via: 'provider' } },
      { ...record, seq: 1, actor: null },
    ];
    lists().at(-1)?.flush({ items, nextCursor: null });
    await settle();
    for (const words of ['commande sur le serveur', 'fournisseur d’identité', 'inconnu']) {
      expect(textOf(fixture)).toContain(words);
    }
  });
});

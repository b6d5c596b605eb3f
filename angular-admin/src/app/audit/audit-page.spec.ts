import { HttpTestingController } from '@angular/common/http/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { AUDIT_URL } from '../api/routes';
import { render, settle, setUpPanel, signInAs, textOf } from '../testing/panel-bed';
import { AuditPage } from './audit-page';

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
});

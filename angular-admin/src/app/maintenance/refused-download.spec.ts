import { HttpTestingController } from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { DATABASES_URL, downloadLinkUrl, EXPORTS_URL, exportUrl } from '../api/routes';
import { database, ready } from '../testing/builders';
import { render, settle, setUpPanel, signInAs, soon, textOf } from '../testing/panel-bed';
import { AskedHere } from './asked-here';
import { MaintenancePage } from './maintenance-page';

describe('a download that is refused, on the maintenance page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<MaintenancePage>;
  const find = (selector: string) => (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>(selector);
  const AGAIN = 'app-problem-face button';
  const RESULT = 'app-run-result .head button';
  const LIST = '.actions button';

  const flush = (url: string, answer: object): void => {
    const asked = http.match((one) => one.method === 'GET' && one.url === url);
    for (const request of asked) if (!request.cancelled) request.flush(answer);
  };
  async function open(isOnShow: boolean): Promise<void> {
    if (isOnShow) TestBed.inject(AskedHere).show('export-1');
    fixture = await render(MaintenancePage);
    for (let round = 0; round < 3; round++) {
      flush(DATABASES_URL, [database()]);
      flush(EXPORTS_URL, { items: [ready()], nextCursor: null });
      await settle();
    }
    if (isOnShow) (await soon('GET', exportUrl('export-1'))).flush(ready());
    await settle();
  }
  async function press(selector: string): Promise<HTMLElement | null> {
    const button = find(selector);
    button?.focus();
    button?.click();
    await settle();
    return button;
  }
  async function refuse(): Promise<void> {
    const link = http.expectOne({ method: 'POST', url: downloadLinkUrl('export-1') });
    link.flush({ code: 'not_ready' }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect(textOf(fixture)).toContain('Le fichier n’est pas encore prêt.');
  }

  beforeEach(async () => {
    http = setUpPanel();
    await signInAs('SUPER_ADMIN');
  });
  afterEach(() => {
    fixture.destroy();
  });

  it.each([RESULT, LIST])('leaves the focus on the button that asked for it: %s', async (selector) => {
    await open(true);
    const button = await press(selector);
    await refuse();
    expect(button).not.toBeNull();
    expect(document.activeElement).toBe(button);
  });

  it.each([
    ['with the export on show', true, RESULT],
    ['with nothing but the list', false, LIST],
  ])('keeps the focus in the card when one tries again, %s', async (_, isOnShow, selector) => {
    await open(isOnShow);
    await press(selector);
    await refuse();
    await press(AGAIN);
    expect(find(AGAIN)).toBeNull();
    expect(find('.card h2')).not.toBeNull();
    expect(document.activeElement).toBe(find('.card h2'));
    await refuse();
    expect(document.activeElement).toBe(find('.card h2'));
  });
});

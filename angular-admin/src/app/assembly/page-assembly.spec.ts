import { jest } from '@jest/globals';
import { ApplicationRef, Component, ErrorHandler, PendingTasks } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { App } from '../app';
import { render, setUpPanel } from '../testing/panel-bed';
import { PageAssembly, whenWhole } from './page-assembly';
import { Piece } from './piece';

@Component({
  imports: [Piece],
  template: `<p *appPiece>{{ 'one' }}</p>
    <p *appPiece>{{ 'two' }}</p>
    <p *appPiece>{{ 'three' }}</p>`,
})
class Page {
  whole = false;

  constructor() {
    whenWhole(() => {
      this.whole = true;
    });
  }
}

@Component({ template: '' })
class BlankPage {}

/** Timers that are due run, one after the other; what they asked for comes after them. */
const nextTask = (): Promise<void> => new Promise((done) => setTimeout(done));

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a page that is put together', () => {
  let assembly: PageAssembly;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideRouter([{ path: '**', component: BlankPage }])] });
    assembly = TestBed.inject(PageAssembly);
  });

  it('comes in one go unless it is the first', () => {
    const fixture = TestBed.createComponent(Page);
    TestBed.tick();
    expect(fixture.nativeElement.textContent).toBe('onetwothree');
    expect([assembly.covered(), fixture.componentInstance.whole]).toEqual([false, true]);
  });

  it('comes piece by piece when it is the first, in order, and is shown when they are all there', async () => {
    assembly.begin();
    const fixture = TestBed.createComponent(Page);
    const { componentInstance: page, nativeElement: element } = fixture;
    const seen: string[] = [];
    while (assembly.covered()) {
      TestBed.tick();
      expect(page.whole).toBe(false);
      seen.push(element.textContent as string);
      await nextTask();
    }
    TestBed.tick();

    expect([...new Set(seen)]).toEqual(['', 'one', 'onetwo', 'onetwothree']);
    expect(page.whole).toBe(true);
  });

  it('still comes piece by piece with the first answers, but on show, and in one go when nothing is fetched', async () => {
    const fetched = TestBed.inject(PendingTasks).add();
    const router = TestBed.inject(Router);
    assembly.begin();
    await router.navigateByUrl('/');
    TestBed.createComponent(Page);
    while (assembly.covered()) await nextTask();
    const late = TestBed.createComponent(Page);
    TestBed.tick();
    expect([assembly.missing(), assembly.covered(), late.nativeElement.textContent]).toEqual([true, false, '']);
    expect(late.componentInstance.whole).toBe(false);
    while (assembly.missing()) await nextTask();
    TestBed.tick();
    expect([late.nativeElement.textContent, late.componentInstance.whole]).toEqual(['onetwothree', true]);

    fetched();
    await TestBed.inject(ApplicationRef).whenStable();
    await nextTask();
    const later = TestBed.createComponent(Page);
    TestBed.tick();
    expect(later.nativeElement.textContent).toBe('onetwothree');
  });

  it('comes in one go when it is the second, whatever the first one still waits for', async () => {
    TestBed.inject(PendingTasks).add();
    const router = TestBed.inject(Router);
    assembly.begin();
    await router.navigateByUrl('/');
    await router.navigateByUrl('/next');
    const second = TestBed.createComponent(Page);
    TestBed.tick();
    expect(second.nativeElement.textContent).toBe('onetwothree');
  });

  it('comes in one go in the background, where timers are slow', async () => {
    jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    assembly.begin();
    const fixture = TestBed.createComponent(Page);
    await nextTask();
    TestBed.tick();
    expect(fixture.nativeElement.textContent).toBe('onetwothree');
  });

  it('is shown without the piece that fails, which is reported', async () => {
    const handleError = jest.spyOn(TestBed.inject(ErrorHandler), 'handleError').mockReturnValue();
    assembly.begin();
    const fails = new Error('no such icon');
    assembly.add(() => {
      throw fails;
    });
    const fixture = TestBed.createComponent(Page);
    while (assembly.covered()) await nextTask();
    expect(fixture.nativeElement.textContent).toBe('onetwothree');
    expect(handleError).toHaveBeenCalledWith(fails);
  });

  it('puts nothing into a page that is gone', async () => {
    assembly.begin();
    const fixture = TestBed.createComponent(Page);
    const element = fixture.nativeElement as HTMLElement;
    fixture.destroy();
    while (assembly.covered()) await nextTask();
    expect(element.textContent).toBe('');
  });
});

it('begins with the application, and ends with its first page', async () => {
  setUpPanel([{ path: '**', component: Page }]);
  const root = (await render(App)).nativeElement as HTMLElement;
  await nextTask();
  await TestBed.inject(Router).navigateByUrl('/');
  const assembly = TestBed.inject(PageAssembly);
  TestBed.tick();
  expect([root.textContent, root.classList.contains('in-pieces')]).toEqual(['', true]);
  while (assembly.covered()) await nextTask();
  TestBed.tick();
  expect([root.textContent, root.classList.contains('in-pieces')]).toEqual(['onetwothree', false]);
});

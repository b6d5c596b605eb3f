import { jest } from '@jest/globals';
import { Component, ErrorHandler, inject, PendingTasks } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { PageAssembly, whenShown } from './page-assembly';
import { Piece } from './piece';

@Component({
  imports: [Piece],
  template: `<p *appPiece>{{ 'one' }}</p>
    <p *appPiece>{{ 'two' }}</p>
    <p *appPiece>{{ 'three' }}</p>`,
})
class Page {
  shown = false;

  constructor() {
    whenShown(() => {
      this.shown = true;
    });
  }
}

/** Timers that are due run, one after the other; what they asked for comes after them. */
const nextTask = (): Promise<void> => new Promise((done) => setTimeout(done));

describe('a page that is put together', () => {
  let assembly: PageAssembly;

  beforeEach(() => {
    assembly = TestBed.inject(PageAssembly);
  });

  it('comes in one go unless it is the first', () => {
    const fixture = TestBed.createComponent(Page);
    TestBed.tick();
    expect(fixture.nativeElement.textContent).toBe('onetwothree');
    expect([assembly.covered(), fixture.componentInstance.shown]).toEqual([false, true]);
  });

  it('comes piece by piece when it is the first, in order, and is shown when they are all there', async () => {
    assembly.begin();
    const fixture = TestBed.createComponent(Page);
    const { componentInstance: page, nativeElement: element } = fixture;
    const seen: string[] = [];
    while (assembly.covered()) {
      TestBed.tick();
      expect(page.shown).toBe(false);
      seen.push(element.textContent as string);
      await nextTask();
    }
    TestBed.tick();

    expect([...new Set(seen)]).toEqual(['', 'one', 'onetwo', 'onetwothree']);
    expect(page.shown).toBe(true);
  });

  it('is whole when nothing is fetched any more: until then pieces still come one by one, but on show', async () => {
    const fetched = TestBed.inject(PendingTasks).add();
    assembly.begin();
    TestBed.createComponent(Page);
    while (assembly.covered()) await nextTask();
    const late = TestBed.createComponent(Page);
    TestBed.tick();
    expect([assembly.underWay(), assembly.covered(), late.nativeElement.textContent]).toEqual([true, false, '']);

    fetched();
    while (assembly.underWay()) await nextTask();
    expect(late.nativeElement.textContent).toBe('onetwothree');
    const later = TestBed.createComponent(Page);
    TestBed.tick();
    expect(later.nativeElement.textContent).toBe('onetwothree');
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
  const { App } = await import('../app');
  const { Router } = await import('@angular/router');
  const { render, setUpPanel } = await import('../testing/panel-bed');
  @Component({ imports: [Piece], template: '<p *appPiece>{{ assembly.underWay() }}</p>' })
  class FirstPage {
    protected readonly assembly = inject(PageAssembly);
  }
  setUpPanel([{ path: '**', component: FirstPage }]);
  const navigated = TestBed.inject(Router).navigateByUrl('/');
  const root = (await render(App)).nativeElement as HTMLElement;
  await navigated;
  const assembly = TestBed.inject(PageAssembly);
  TestBed.tick();
  expect([root.textContent, root.classList.contains('in-pieces')]).toEqual(['', true]);
  while (assembly.covered()) await nextTask();
  TestBed.tick();
  expect([root.textContent, root.classList.contains('in-pieces')]).toEqual(['true', false]);
  while (assembly.underWay()) await nextTask();
  TestBed.tick();
  expect(root.textContent).toBe('false');
});

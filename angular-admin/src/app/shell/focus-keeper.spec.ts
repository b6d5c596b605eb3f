import { Component, signal } from '@angular/core';
import type { ComponentFixture } from '@angular/core/testing';
import { render, settle, setUpPanel } from '../testing/panel-bed';
import { FocusKeeper } from './focus-keeper';

@Component({
  imports: [FocusKeeper],
  template: `
    <section appFocusKeeper>
      <h2>{{ place }}</h2>
      @if (there()) {
        <button type="button">{{ act }}</button>
      }
      @if (within() !== 'nothing') {
        <div class="within" appFocusKeeper>
          <h3>{{ place }}</h3>
          @if (within() === 'act') {
            <button type="button">{{ act }}</button>
          }
        </div>
      }
    </section>
    <input />
  `,
})
class Frame {
  readonly there = signal(true);
  readonly within = signal<'act' | 'place' | 'nothing'>('nothing');
  protected readonly place = 'Place';
  protected readonly act = 'Act';
}

describe('focus keeper', () => {
  let fixture: ComponentFixture<Frame>;
  const find = (selector: string): HTMLElement => {
    const found = (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`no ${selector}`);
    return found;
  };
  const takeAway = async (): Promise<void> => {
    fixture.componentInstance.there.set(false);
    await settle();
  };

  beforeEach(async () => {
    setUpPanel();
    fixture = await render(Frame);
  });
  afterEach(() => {
    fixture.destroy();
  });

  it('gives the focus of what is gone to the heading', async () => {
    find('button').focus();
    await takeAway();
    expect(document.activeElement).toBe(find('h2'));
  });

  it('gives it to the nearest heading where one place is within another, and to the next where that is gone, too', async () => {
    fixture.componentInstance.within.set('act');
    await settle();
    find('.within button').focus();
    fixture.componentInstance.within.set('place');
    await settle();
    expect(document.activeElement).toBe(find('h3'));
    fixture.componentInstance.within.set('nothing');
    await settle();
    expect(document.activeElement).toBe(find('h2'));
  });

  it('takes it from nobody', async () => {
    find('button').focus();
    find('input').focus();
    await takeAway();
    expect(document.activeElement).toBe(find('input'));
  });

  it('gives none back after it was left by itself', async () => {
    find('button').focus();
    find('button').blur();
    await settle();
    await takeAway();
    expect(document.activeElement).toBe(document.body);
  });

  it('gives none back to who has gone on to another place, and from there to nowhere', async () => {
    find('button').focus();
    find('input').focus();
    find('input').blur();
    await takeAway();
    expect(document.activeElement).toBe(document.body);
  });

  it('gives none where there was none', async () => {
    await takeAway();
    expect(document.activeElement).toBe(document.body);
  });

  it('waits for an open dialog', async () => {
    const overlay = document.createElement('div');
    overlay.className = 'cdk-overlay-container';
    overlay.innerHTML = '<button type="button">Yes</button>';
    document.body.append(overlay);
    find('button').focus();
    overlay.querySelector('button')?.focus();
    await takeAway();
    expect(document.activeElement).toBe(overlay.querySelector('button'));
    overlay.remove();
    fixture.changeDetectorRef.markForCheck();
    await settle();
    expect(document.activeElement).toBe(find('h2'));
  });
});

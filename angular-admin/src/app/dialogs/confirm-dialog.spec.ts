import { jest } from '@jest/globals';
import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { Component, inject } from '@angular/core';
import type { ComponentFixture } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatMenuModule } from '@angular/material/menu';
import { MatMenuHarness } from '@angular/material/menu/testing';
import { render, settle, setUpPanel } from '../testing/panel-bed';
import { Confirmation } from './confirm-dialog';

@Component({
  imports: [MatMenuModule],
  template: `
    <button type="button" [matMenuTriggerFor]="menu">{{ more }}</button>
    <mat-menu #menu="matMenu">
      <button mat-menu-item type="button" (click)="ask()">{{ act }}</button>
    </mat-menu>
  `,
})
class Frame {
  private readonly confirmation = inject(Confirmation);
  readonly answers: boolean[] = [];
  protected readonly more = 'More';
  protected readonly act = 'Delete';

  async ask(): Promise<void> {
    this.answers.push(await this.confirmation.isMeant({ title: 'Sure?', words: '', yes: 'Yes', no: 'No' }));
  }
}

describe('confirmation', () => {
  let fixture: ComponentFixture<Frame>;

  /** Dialogs open and close in real time. */
  const until = async (condition: () => boolean): Promise<void> => {
    await settle();
    while (!condition()) {
      await new Promise((done) => setTimeout(done, 5));
      await settle();
    }
  };

  beforeEach(async () => {
    // jsdom lays nothing out, and only what has a place on the page is taken for something to focus.
    jest.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1);
    setUpPanel();
    fixture = await render(Frame);
  });
  afterEach(() => {
    fixture.destroy();
    jest.restoreAllMocks();
  });

  it('asked from a menu, gives the focus back to the menu’s button, the answer being no', async () => {
    const root = TestbedHarnessEnvironment.documentRootLoader(fixture);
    const menu = await root.getHarness(MatMenuHarness);
    await menu.open();
    const [item] = await menu.getItems();
    await item?.focus();
    await item?.click();
    const dialog = await root.getHarness(MatDialogHarness);
    await until(() => document.activeElement?.textContent.trim() === 'No');
    await (await dialog.getHarness(MatButtonHarness.with({ text: 'No' }))).click();
    await until(() => fixture.componentInstance.answers.length > 0);
    expect(fixture.componentInstance.answers).toEqual([false]);
    expect(document.activeElement?.textContent).toBe('More');
  });
});

import { afterNextRender, Component, ElementRef, inject, viewChild } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ProviderReturn } from '../session/provider-return';
import { AccountMenu } from './account-menu';
import { Brand } from './brand';
import { ColorSwitch } from './color-switch';
import { LanguageSwitch } from './language-switch';
import { TabSign } from '../maintenance/tab-sign';
import { MainNav } from './main-nav';

/** What surrounds every page of somebody who is signed in. */
@Component({
  selector: 'app-shell',
  imports: [AccountMenu, Brand, ColorSwitch, LanguageSwitch, MainNav, ProviderReturn, RouterOutlet],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  constructor() {
    // Whatever screen is open, the tab says how far the export is, and its file is delivered.
    inject(TabSign);
    // Coming from sign-in, the focused field is gone: whoever uses the keyboard goes on at the page's start.
    afterNextRender(() => {
      this.focusMain();
    });
  }

  protected focusMain(): void {
    this.main().nativeElement.focus({ preventScroll: true });
  }
}

import { Component, DOCUMENT, effect, ElementRef, EnvironmentInjector, inject, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterOutlet } from '@angular/router';
import { whenWhole } from '../assembly/page-assembly';
import { Piece } from '../assembly/piece';
import { Session } from '../session/session';
import { ProviderReturn } from '../session/provider-return';
import { AccountMenu } from './account-menu';
import { Brand } from './brand';
import { ColorSwitch } from './color-switch';
import { FocusKeeper } from './focus-keeper';
import { LanguageSwitch } from './language-switch';
import { TabSign } from '../maintenance/tab-sign';
import { MainNav } from './main-nav';

/** What surrounds every page of somebody who is signed in. */
@Component({
  selector: 'app-shell',
  imports: [AccountMenu, Brand, ColorSwitch, FocusKeeper, LanguageSwitch, MainNav, Piece, ProviderReturn, RouterOutlet],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  private readonly document = inject(DOCUMENT);

  constructor() {
    // Whatever screen is open, the tab says how far the export is, and its file is delivered.
    inject(TabSign);
    this.closeDialogsWithSession();
    // Coming from sign-in, the focused field is gone: whoever uses the keyboard goes on at the page's start.
    whenWhole(() => {
      this.focusMain();
    });
    // A link within a page is gone with it; one of the header stays, and keeps the focus.
    inject(Router)
      .events.pipe(takeUntilDestroyed())
      .subscribe((event) => {
        if (event instanceof NavigationEnd && this.document.activeElement === this.document.body) this.focusMain();
      });
  }

  /** A session can end without a click, under a dialog that shows a token once: it would stay over the screen to sign in. */
  private closeDialogsWithSession(): void {
    const session = inject(Session);
    const injector = inject(EnvironmentInjector);
    effect(() => {
      if (session.user() !== null) return;
      void import('@angular/material/dialog').then(({ MatDialog }) => {
        injector.get(MatDialog).closeAll();
      });
    });
  }

  protected focusMain(): void {
    this.main().nativeElement.focus({ preventScroll: true });
  }
}

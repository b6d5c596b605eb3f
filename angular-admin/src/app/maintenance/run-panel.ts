import { LiveAnnouncer } from '@angular/cdk/a11y';
import { Component, computed, effect, inject, input, output } from '@angular/core';
import type { Export } from '../api/types';
import { FocusKeeper } from '../shell/focus-keeper';
import { STATUS_WORDS } from '../words/export-words';
import { RunFailure } from './run-failure';
import { RunProgress } from './run-progress';
import { RunResult } from './run-result';
import { StatusMark } from './status-mark';

/** The export of the moment, in whatever state it is. */
@Component({
  selector: 'app-run-panel',
  hostDirectives: [FocusKeeper],
  imports: [RunFailure, RunProgress, RunResult, StatusMark],
  template: `
    @switch (run().status) {
      @case ('ready') {
        <app-run-result
          [run]="run()"
          [mayDownload]="mayAct()"
          [downloadStarted]="downloadStarted()"
          (download)="download.emit()"
        />
      }
      @case ('failed') {
        <app-run-failure [run]="run()" />
      }
      @case ('cancelled') {
        <h3><app-status-mark status="cancelled" /></h3>
        <p i18n="@@run.cancelledWords">L’export a été annulé ; rien n’en reste sur le serveur.</p>
      }
      @case ('expired') {
        @if (run().error === null) {
          <h3><app-status-mark status="expired" /></h3>
          <p i18n="@@run.expiredWords">Le fichier a dépassé sa durée de conservation et a été supprimé.</p>
          <app-run-result [run]="run()" gone />
        } @else {
          <app-run-failure [run]="run()" />
        }
      }
      @case ('deleted') {
        <h3><app-status-mark status="deleted" /></h3>
        <p i18n="@@run.deletedWords">Le fichier a été supprimé.</p>
        <app-run-result [run]="run()" gone />
      }
      @default {
        <app-run-progress
          [run]="run()"
          [connectionLost]="connectionLost()"
          [clockOffset]="clockOffset()"
          [mayCancel]="mayAct()"
          [stopping]="stopping()"
          (cancelled)="cancelled.emit()"
        />
      }
    }
  `,
  styles: `
    :host {
      display: block;
    }
    app-status-mark {
      font: var(--mat-sys-title-medium);
    }
    app-run-result:not(:first-child) {
      margin-top: 16px;
    }
    p {
      margin-top: 4px;
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class RunPanel {
  readonly run = input.required<Export>();
  readonly mayAct = input(false);
  readonly connectionLost = input(false);
  readonly clockOffset = input(0);
  readonly stopping = input(false);
  readonly downloadStarted = input(false);
  readonly cancelled = output();
  readonly download = output();

  private readonly announcer = inject(LiveAnnouncer);
  private readonly status = computed(() => this.run().status);

  constructor() {
    effect(() => {
      const { word } = STATUS_WORDS[this.status()];
      void this.announcer.announce($localize`:heard when the status changes@@run.heard:Export : ${word}:status:`);
    });
  }
}

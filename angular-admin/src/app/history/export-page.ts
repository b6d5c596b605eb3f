import { Component, computed, DestroyRef, DOCUMENT, effect, inject, input, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Router, RouterLink } from '@angular/router';
import type { Export } from '../api/types';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { Delivery } from '../maintenance/delivery';
import { ExportCancel } from '../maintenance/export-cancel';
import { ExportOrder } from '../maintenance/export-order';
import { ExportWatch } from '../maintenance/export-watch';
import { FileDownload } from '../maintenance/file-download';
import { wishAgain } from '../maintenance/options/again';
import { RunPanel } from '../maintenance/run-panel';
import { TabSign } from '../maintenance/tab-sign';
import { Session } from '../session/session';
import { FocusKeeper } from '../shell/focus-keeper';
import { isActive } from '../words/export-words';
import { Measures } from '../words/measures';
import { ExportFacts } from './export-facts';

/** A finished file can expire, or be deleted by somebody else. */
const REFRESH_MS = 30_000;

/** One export, whoever asked for it and however long ago: how far it is, what came of it, what was wanted. */
@Component({
  selector: 'app-export-page',
  hostDirectives: [FocusKeeper],
  imports: [EmptyFace, ExportFacts, MatButton, MatIcon, ProblemFace, RouterLink, RunPanel],
  providers: [ExportCancel, ExportOrder, ExportWatch],
  templateUrl: './export-page.html',
  styleUrl: './export-page.scss',
})
export class ExportPage {
  /** From the address. */
  readonly id = input.required<string>();

  private readonly router = inject(Router);
  private readonly delivery = inject(Delivery);
  private readonly sign = inject(TabSign);
  private readonly own = inject(ExportWatch);
  private readonly show = inject(Measures);
  protected readonly session = inject(Session);
  protected readonly order = inject(ExportOrder);
  protected readonly cancelling = inject(ExportCancel);
  protected readonly downloads = inject(FileDownload);

  /** What was asked for in this tab is followed already. */
  protected readonly watch = computed(() => this.delivery.watchOf(this.id()) ?? this.own);
  /** Not that of another file, which may still be tried for. */
  protected readonly downloadFailure = computed(() => {
    const failed = this.downloads.failure();
    return failed?.id === this.id() ? failed.failure : null;
  });
  protected readonly run = computed(() => this.watch().current());
  protected readonly isUnderWay = isActive;
  protected readonly failure = computed(() => this.watch().failure());
  /** Also for an address that can be no export's. */
  protected readonly missing = computed(() => [400, 404].includes(this.failure()?.status ?? 0));
  protected readonly heading = computed(() => {
    const database = this.run()?.database;
    return database === undefined
      ? $localize`:section@@maintenance.export:Export`
      : $localize`:page@@exportPage.title:Export de ${database}:database:`;
  });

  constructor() {
    const document = inject(DOCUMENT);
    const refresh = (): void => {
      const run = this.run();
      if (!document.hidden && run?.status === 'ready') this.watch().refresh();
    };
    const timer = setInterval(refresh, REFRESH_MS);
    document.addEventListener('visibilitychange', refresh);
    effect(() => {
      this.look(this.id());
    });
    effect(() => {
      this.sign.onScreen.set(this.run());
    });
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
      this.sign.onScreen.set(null);
      this.downloads.dismiss();
    });
  }

  private look(id: string): void {
    untracked(() => {
      if (this.delivery.watchOf(id) === null) this.own.follow(id);
    });
  }

  protected asked({ createdAt, requestedBy }: Export): string {
    const when = this.show.instant(createdAt);
    return requestedBy.via === 'token'
      ? $localize`:of an export@@exportPage.askedByToken:Demandé le ${when}:date: par un jeton d’API de ${requestedBy.email}:email:`
      : $localize`:of an export@@exportPage.asked:Demandé le ${when}:date: par ${requestedBy.email}:email:`;
  }

  protected async cancel(id: string): Promise<void> {
    await this.cancelling.cancel(id);
    this.watch().refresh();
  }

  /** The maintenance page follows what was ordered here. */
  protected async again(run: Export): Promise<void> {
    if ((await this.order.place(wishAgain(run))) !== null) await this.router.navigateByUrl('/maintenance');
  }
}

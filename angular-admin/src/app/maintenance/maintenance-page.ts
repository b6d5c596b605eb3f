import { httpResource } from '@angular/common/http';
import { Component, computed, DestroyRef, effect, inject, linkedSignal, untracked } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';
import { RouterLink } from '@angular/router';
import { requestFailure } from '../api/request-failure';
import { DATABASES_URL } from '../api/routes';
import type { Database, Export, ExportWish } from '../api/types';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { Session } from '../session/session';
import { PageTitle } from '../shell/page-title';
import { TabIcon } from '../shell/tab-icon';
import { isActive, STATUS_WORDS } from '../words/export-words';
import { Measures } from '../words/measures';
import { AskedHere } from './asked-here';
import { DatabaseCard } from './database-card';
import { ExportCancel } from './export-cancel';
import { ExportDeletion } from './export-deletion';
import { ExportHistory } from './export-history';
import { ExportOrder } from './export-order';
import { ExportWatch } from './export-watch';
import { FileDownload } from './file-download';
import { HistoryTable } from './history-table';
import { wishAgain } from './options/again';
import { RunPanel } from './run-panel';
import { ExportTrend } from './trend/export-trend';

@Component({
  selector: 'app-maintenance-page',
  imports: [DatabaseCard, EmptyFace, ExportTrend, HistoryTable, ProblemFace, RouterLink, RunPanel],
  providers: [ExportCancel, ExportDeletion, ExportHistory, ExportOrder, ExportWatch, FileDownload],
  templateUrl: './maintenance-page.html',
  styleUrl: './maintenance-page.scss',
})
export class MaintenancePage {
  private readonly asked = inject(AskedHere);
  private readonly title = inject(PageTitle);
  private readonly icon = inject(TabIcon);
  private readonly snackBar = inject(MatSnackBar);
  private readonly measures = inject(Measures);
  protected readonly session = inject(Session);
  protected readonly watch = inject(ExportWatch);
  protected readonly order = inject(ExportOrder);
  protected readonly deletion = inject(ExportDeletion);
  protected readonly cancelling = inject(ExportCancel);
  protected readonly downloads = inject(FileDownload);
  protected readonly history = inject(ExportHistory);

  private readonly databaseList = httpResource<Database[]>(() => DATABASES_URL);
  /** What was heard stays while a later request fails. */
  protected readonly databases = linkedSignal<Database[] | null, Database[] | null>({
    source: () => (this.databaseList.hasValue() ? this.databaseList.value() : null),
    computation: (fresh, previous) => fresh ?? previous?.value ?? null,
  });
  /** The database that is looked at. */
  protected readonly chosen = linkedSignal<Database[], string | undefined>({
    source: () => this.databases() ?? [],
    computation: (databases, previous) =>
      databases.find(({ name }) => name === previous?.value)?.name ?? databases[0]?.name,
  });
  protected readonly databaseFailure = computed(() => {
    const error = this.databaseList.error();
    return error === undefined ? null : requestFailure(error);
  });

  protected readonly current = this.watch.current;
  /** The list, with the followed export as fresh as the panel above shows it. */
  protected readonly items = computed(() => {
    const [items, current] = [this.history.items(), this.current()];
    if (items === null || current === null) return items;
    return items.some(({ id }) => id === current.id)
      ? items.map((item) => (item.id === current.id ? current : item))
      : [current, ...items].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  });

  /** Databases whose export waits or runs: a second one would only wait behind it. */
  protected readonly underWay = computed(() => {
    const current = this.current();
    return [...(this.items() ?? []), ...(current === null ? [] : [current])]
      .filter(isActive)
      .map((item) => item.database);
  });

  constructor() {
    this.resume();
    effect(() => {
      this.pickUp(this.history.items() ?? []);
    });
    effect(() => {
      this.finish(this.items() ?? [this.current()].filter((item) => item !== null));
    });
    effect(() => {
      this.title.activity.set(this.activity());
      const current = this.current();
      this.icon.progress.set(current !== null && isActive(current) ? current.progress.percent : null);
    });
    effect(() => {
      if (this.downloads.started() !== null)
        untracked(() => {
          this.tellDownload();
        });
    });
    const status = computed(() => this.current()?.status);
    effect(() => {
      if (status() !== undefined)
        untracked(() => {
          this.refresh();
        });
    });
    inject(DestroyRef).onDestroy(() => {
      this.title.activity.set(null);
      this.icon.progress.set(null);
    });
  }

  protected async export(wish: ExportWish): Promise<void> {
    const ordered = await this.order.place(wish);
    if (ordered !== null) this.watch.follow(ordered.id, ordered);
  }

  protected async cancel(id: string): Promise<void> {
    await this.cancelling.cancel(id);
    this.watch.refresh();
  }

  protected async delete(id: string): Promise<void> {
    if (await this.deletion.delete(id)) this.refresh();
  }

  protected again(item: Export): Promise<void> {
    return this.export(wishAgain(item));
  }

  protected refresh(): void {
    this.history.reload();
    this.databaseList.reload();
  }

  /** What this tab asked for before it was reloaded, also when it has ended meanwhile. */
  private resume(): void {
    const [latest] = this.asked.ids();
    if (latest === undefined) return;
    this.watch.follow(latest);
    effect(() => {
      if (this.watch.failure()?.status === 404) this.asked.take(latest);
    });
  }

  /** After a reload, or when somebody else starts one: the newest export under way is the one to show. */
  private pickUp(items: readonly Export[]): void {
    const active = items.find(isActive);
    const free = this.watch.following() === null && active?.id !== untracked(this.current)?.id;
    if (active !== undefined && free) this.watch.follow(active.id, active);
  }

  /** What this tab asked for and is ready goes to the browser, once; what came to another end is no longer waited for. */
  private finish(items: readonly Export[]): void {
    for (const item of items) {
      if (!isActive(item) && this.asked.take(item.id) && item.status === 'ready')
        void untracked(() => this.downloads.start(item.id));
    }
  }

  private tellDownload(): void {
    const words = $localize`:quiet notification@@download.started:Export prêt : le téléchargement a commencé.`;
    this.snackBar.open(words, undefined, { duration: 6_000, politeness: 'polite' });
  }

  private activity(): string | null {
    const current = this.current();
    if (current === null || !isActive(current)) return null;
    return current.status === 'queued' ? STATUS_WORDS.queued.word : this.measures.percent(current.progress.percent, 0);
  }
}

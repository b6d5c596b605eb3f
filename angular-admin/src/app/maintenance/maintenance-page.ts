import { Component, computed, DestroyRef, effect, inject, linkedSignal, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Database, Export, ExportWish } from '../api/types';
import { PageAssembly } from '../assembly/page-assembly';
import { Piece } from '../assembly/piece';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { Session } from '../session/session';
import { FocusKeeper } from '../shell/focus-keeper';
import { isActive, laterOf } from '../words/export-words';
import { AskedHere } from './asked-here';
import { DatabaseCard } from './database-card';
import { DatabaseList } from './database-list';
import { Delivery } from './delivery';
import { ExportCancel } from './export-cancel';
import { ExportDeletion } from './export-deletion';
import { ExportHistory } from './export-history';
import { ExportOrder } from './export-order';
import { ExportWatch } from './export-watch';
import { FileDownload } from './file-download';
import { HistoryTable } from './history-table';
import { wishAgain } from './options/again';
import { RunPanel } from './run-panel';
import { TabSign } from './tab-sign';
import { ExportTrend } from './trend/export-trend';

@Component({
  selector: 'app-maintenance-page',
  imports: [DatabaseCard, EmptyFace, ExportTrend, FocusKeeper, HistoryTable, Piece, ProblemFace, RouterLink, RunPanel],
  providers: [DatabaseList, ExportCancel, ExportDeletion, ExportHistory, ExportOrder, ExportWatch],
  templateUrl: './maintenance-page.html',
  styleUrl: './maintenance-page.scss',
})
export class MaintenancePage {
  private readonly asked = inject(AskedHere);
  private readonly delivery = inject(Delivery);
  private readonly sign = inject(TabSign);
  /** Follows what was asked for elsewhere. */
  private readonly others = inject(ExportWatch);
  protected readonly assembly = inject(PageAssembly);
  protected readonly session = inject(Session);
  protected readonly order = inject(ExportOrder);
  protected readonly deletion = inject(ExportDeletion);
  protected readonly cancelling = inject(ExportCancel);
  protected readonly downloads = inject(FileDownload);
  protected readonly history = inject(ExportHistory);

  protected readonly databaseList = inject(DatabaseList);
  protected readonly databases = this.databaseList.items;
  protected readonly isLoading = computed(() => this.databases() === null && this.databaseList.failure() === null);
  /** The database that is looked at. */
  protected readonly chosen = linkedSignal<Database[], string | undefined>({
    source: () => this.databases() ?? [],
    computation: (databases, previous) =>
      databases.find(({ name }) => name === previous?.value)?.name ?? databases[0]?.name,
  });

  /** The export in the panel. */
  private readonly shown = signal<string | null>(null);
  protected readonly watch = computed(() => this.delivery.watchOf(this.shown()) ?? this.others);
  /** As last heard of: while it runs from the watch, past its end also from the list. */
  protected readonly current = computed(() => {
    const heard = this.watch().current();
    return (
      heard &&
      laterOf(
        heard,
        this.history.items()?.find(({ id }) => id === heard.id),
      )
    );
  });
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
      this.sign.onScreen.set(this.current());
    });
    effect(() => {
      this.remember(this.current());
      const shown = this.shown();
      if (shown !== null && this.watch().failure()?.status === 404) this.asked.hide(shown);
    });
    const status = computed(() => this.current()?.status);
    effect(() => {
      if (status() !== undefined)
        untracked(() => {
          this.refresh();
        });
    });
    inject(DestroyRef).onDestroy(() => {
      this.sign.onScreen.set(null);
      this.downloads.dismiss();
    });
  }

  protected async export(wish: ExportWish): Promise<void> {
    const ordered = await this.order.place(wish);
    if (ordered !== null) this.show(ordered.id, ordered);
  }

  protected async cancel(id: string): Promise<void> {
    await this.cancelling.cancel(id);
    this.watch().refresh();
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

  private show(id: string, known: Export | null = null): void {
    if (this.delivery.watchOf(id) === null) this.others.follow(id, known);
    this.shown.set(id);
  }

  /** What was on show before the page was left or reloaded, also when it has ended meanwhile. */
  private resume(): void {
    const id = this.asked.ids()[0] ?? this.asked.shown();
    if (id !== null) this.show(id);
  }

  /**
   * After a reload, or when somebody else starts one: the newest export under way is the one to show. The end of one's
   * own stays where it is: the list tells of the others.
   */
  private pickUp(items: readonly Export[]): void {
    const active = items.find(isActive);
    const current = untracked(this.current);
    if (active === undefined || active.id === current?.id || this.watch().following() !== null) return;
    if (current === null || isActive(current) || !this.isOwn(current)) this.show(active.id, active);
  }

  /** Keeps one's own result or failure for a reload, until there is nothing left of it to read. */
  private remember(run: Export | null): void {
    if (run === null || !this.isOwn(run)) return;
    if (isActive(run) || run.status === 'ready' || run.status === 'failed') this.asked.show(run.id);
    else this.asked.hide(run.id);
  }

  private isOwn({ requestedBy }: Export): boolean {
    return requestedBy.via === 'session' && requestedBy.id === this.session.user()?.id;
  }
}

import { BreakpointObserver } from '@angular/cdk/layout';
import { Component, computed, inject, input, output, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatMenuModule } from '@angular/material/menu';
import { MatTableModule } from '@angular/material/table';
import { RouterLink } from '@angular/router';
import { map } from 'rxjs';
import type { Export } from '../api/types';
import { PageAssembly } from '../assembly/page-assembly';
import { isActive, runSeconds } from '../words/export-words';
import { failureWords } from '../words/failure-words';
import { Measures } from '../words/measures';
import { StatusMark } from './status-mark';

const WIDE = ['when', 'database', 'status', 'size', 'duration', 'who'];
/** On a phone the first cell carries what has no room beside it. */
const NARROW = ['when', 'status'];
/** How many rows there are while the first page is put together, from one task to the next. */
const ROWS = [2, 4, 6, 8, Infinity];

@Component({
  selector: 'app-history-table',
  imports: [MatIcon, MatIconButton, MatMenuModule, MatTableModule, RouterLink, StatusMark],
  templateUrl: './history-table.html',
  styleUrl: './history-table.scss',
})
export class HistoryTable {
  /** Newest first. */
  readonly items = input.required<Export[]>();
  /** Whether the person may do more than look. */
  readonly mayAct = input(false);
  readonly download = output<string>();
  readonly cancelled = output<string>();
  readonly deleted = output<string>();
  /** An export that is wanted once more, with its options. */
  readonly again = output<Export>();

  protected readonly show = inject(Measures);
  protected readonly seconds = runSeconds;
  protected readonly isUnderWay = isActive;
  protected readonly narrow = toSignal(
    inject(BreakpointObserver)
      .observe('(max-width: 799px)')
      .pipe(map(({ matches }) => matches)),
    { initialValue: false },
  );
  protected readonly columns = computed(() => [
    ...(this.narrow() ? NARROW : WIDE),
    ...(this.mayAct() ? ['actions'] : []),
  ]);
  private readonly most = signal(0);
  protected readonly rows = computed(() => this.items().slice(0, this.most()));
  protected readonly trackById = (_: number, item: Export): string => item.id;

  constructor() {
    const assembly = inject(PageAssembly);
    for (const most of ROWS) {
      assembly.add(() => {
        this.most.set(most);
      });
    }
  }

  /** What stands under the status: the reason of a failure, the percentage of a run. */
  protected note(item: Export): string | null {
    if (item.error !== null) return failureWords(item.error.code).what;
    return item.status === 'running' ? this.show.percent(item.progress.percent) : null;
  }

  protected summary(item: Export): string {
    const parts = [item.database, item.requestedBy.email];
    if (item.file !== null)
      parts.splice(1, 0, this.show.bytes(item.file.sizeBytes), this.show.duration(runSeconds(item)));
    return parts.join(' · ');
  }

  protected detailsLabel(item: Export): string {
    const when = this.show.instant(item.createdAt);
    return $localize`:link@@history.details:${when}:date:, détails de cet export`;
  }

  protected menuLabel(item: Export): string {
    const when = this.show.instant(item.createdAt);
    return $localize`:button@@history.menu:Autres actions pour l’export du ${when}:date:`;
  }

  protected downloadLabel(item: Export): string {
    const when = this.show.instant(item.createdAt);
    return $localize`:button@@history.download:Télécharger l’export du ${when}:date:`;
  }
}

import { Component, computed, ElementRef, inject, input, linkedSignal, signal, viewChildren } from '@angular/core';
import type { ExportTable } from '../../api/types';
import { Measures } from '../../words/measures';
import { type Segment, segmentsOf } from './table-share';

/** Share of the bar below which a name would not fit under its stretch. */
const NAMED_SHARE = 0.12;
/** The longest list anybody reads; what is smaller is in the last line. */
const LISTED = 200;

/** The run as a picture: a bar of tables as wide as they are big, each filling as its rows are dumped. */
@Component({
  selector: 'app-table-map',
  templateUrl: './table-map.html',
  styleUrl: './table-map.scss',
})
export class TableMap {
  readonly tables = input.required<ExportTable[]>();

  protected readonly show = inject(Measures);
  private readonly stretches = viewChildren<ElementRef<HTMLElement>>('stretch');
  protected readonly segments = computed(() => segmentsOf(this.tables()));
  protected readonly listed = computed(() => this.tables().slice(0, LISTED));
  protected readonly unlisted = computed(() => this.tables().length - this.listed().length);
  /** What the pointer or the focus is on. */
  protected readonly looked = signal<string | null>(null);
  /** The one stretch that Tab reaches; arrow keys go on from it. */
  protected readonly tabStop = linkedSignal<Segment[], string | null>({
    source: this.segments,
    computation: (segments, previous) =>
      segments.find(({ id }) => id === previous?.value)?.id ?? segments[0]?.id ?? null,
  });
  /** Told below the bar: what is looked at, else what is being dumped. */
  protected readonly told = computed(() => {
    const segments = this.segments();
    const looked = segments.find(({ id }) => id === this.looked());
    const current = looked ?? segments.find(({ state }) => state === 'dumping');
    return current === undefined ? null : this.words(current);
  });

  protected isNamed({ share, name }: Segment): boolean {
    return name !== null && share >= NAMED_SHARE;
  }

  protected nameOf({ name, tables }: Segment): string {
    return name ?? $localize`:small tables together@@map.rest:Petites tables (${tables}:count:)`;
  }

  protected words(segment: Segment): string {
    const rows = this.rows(segment);
    return [this.nameOf(segment), this.show.bytes(segment.sizeBytes), rows, this.stateWord(segment.state)]
      .filter((part) => part !== '')
      .join(' · ');
  }

  protected rows({ rowsDone, rowsTotal, state }: Pick<ExportTable, 'rowsDone' | 'rowsTotal' | 'state'>): string {
    if (state === 'waiting') return '';
    const done = this.show.count(rowsDone);
    if (state === 'done') {
      return this.show.isOne(rowsDone)
        ? $localize`:one row of a table@@map.rowDone:${done}:done: ligne`
        : $localize`:rows of a table@@map.rowsDone:${done}:done: lignes`;
    }
    const total = this.show.count(rowsTotal);
    return this.show.isOne(rowsTotal)
      ? $localize`:one row of a table@@map.row:${done}:done: sur ${total}:total: ligne`
      : $localize`:rows of a table@@map.rows:${done}:done: sur ${total}:total: lignes`;
  }

  protected stateWord(state: ExportTable['state']): string {
    switch (state) {
      case 'waiting':
        return $localize`:state of a table@@map.waiting:en attente`;
      case 'dumping':
        return $localize`:state of a table@@map.dumping:en cours`;
      case 'done':
        return $localize`:state of a table@@map.done:terminée`;
    }
  }

  protected step(event: KeyboardEvent, index: number): void {
    const last = this.segments().length - 1;
    const moves: Partial<Record<string, number>> = {
      ArrowRight: Math.min(index + 1, last),
      ArrowLeft: Math.max(index - 1, 0),
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.stretches()[next]?.nativeElement.focus();
  }

  protected look(id: string): void {
    this.looked.set(id);
    this.tabStop.set(id);
  }
}

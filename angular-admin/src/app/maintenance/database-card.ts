import { Component, computed, input, linkedSignal, model, output, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import type { RequestFailure } from '../api/request-failure';
import type { Database, ExportWish } from '../api/types';
import { Piece } from '../assembly/piece';
import { ProblemFace } from '../faces/problem-face';
import { DatabaseFacts } from './database-facts';
import { EstimateLine } from './estimate-line';
import { ExportOptions } from './options/export-options';
import { DEFAULT_CHOICE, type OptionChoice, wishOf } from './options/option-choice';

/** The database, the button that exports it, and what that costs. */
@Component({
  selector: 'app-database-card',
  imports: [
    DatabaseFacts,
    EstimateLine,
    ExportOptions,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatInput,
    Piece,
    ProblemFace,
  ],
  templateUrl: './database-card.html',
  styleUrl: './database-card.scss',
})
export class DatabaseCard {
  readonly databases = input.required<Database[]>();
  readonly mayExport = input(false);
  /** Whether an export is being asked for. */
  readonly pending = input(false);
  /** Names of the databases whose export waits or runs: their button waits for its end. */
  readonly underWay = input<readonly string[]>([]);
  readonly failure = input<RequestFailure | null>(null);
  /** The name of the database that is looked at. */
  readonly chosen = model.required<string | undefined>();
  /** The export that is wanted. */
  readonly ordered = output<ExportWish>();

  private readonly options = viewChild(ExportOptions);
  protected readonly database = computed(() => this.databases().find(({ name }) => name === this.chosen()));
  /** Tables that were picked belong to one database: with another one, the choice starts anew. */
  protected readonly choice = linkedSignal<string | undefined, OptionChoice>({
    source: this.chosen,
    computation: (_, previous) => ({
      ...(previous?.value ?? DEFAULT_CHOICE),
      scope: 'all',
      picked: [],
      pickedSchemas: [],
    }),
  });
  protected readonly wish = computed(() => wishOf(this.chosen() ?? '', this.choice()));

  protected readonly busy = computed(() => this.pending() || this.underWay().includes(this.chosen() ?? ''));

  protected order(): void {
    // A button that is only aria-disabled, to keep the focus, still hears clicks.
    if (this.busy()) return;
    const options = this.options();
    if (options?.valid() === false) options.reveal();
    else this.ordered.emit(this.wish());
  }
}

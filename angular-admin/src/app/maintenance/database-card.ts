import { Component, computed, input, linkedSignal, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import type { RequestFailure } from '../api/request-failure';
import type { Database } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { DatabaseFacts } from './database-facts';

/** The database, the button that exports it, and what that costs. */
@Component({
  selector: 'app-database-card',
  imports: [DatabaseFacts, MatButton, MatFormFieldModule, MatIcon, MatInput, ProblemFace],
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
  /** The name of the database to export. */
  readonly ordered = output<string>();

  protected readonly chosen = linkedSignal<Database[], string | undefined>({
    source: this.databases,
    computation: (databases, previous) =>
      databases.find(({ name }) => name === previous?.value)?.name ?? databases[0]?.name,
  });
  protected readonly database = computed(() => this.databases().find(({ name }) => name === this.chosen()));

  protected readonly busy = computed(() => this.pending() || this.underWay().includes(this.chosen() ?? ''));

  protected order(name: string): void {
    // A button that is only aria-disabled, to keep the focus, still hears clicks.
    if (!this.busy()) this.ordered.emit(name);
  }
}

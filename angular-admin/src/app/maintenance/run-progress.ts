import { Component, computed, DestroyRef, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatProgressBar } from '@angular/material/progress-bar';
import type { Export } from '../api/types';
import { RUN_STAGES, STAGE_WORDS } from '../words/export-words';
import { Measures } from '../words/measures';
import { RunTables } from './map/run-tables';

/** An export that waits or runs: how far, how long, on what. */
@Component({
  selector: 'app-run-progress',
  imports: [MatButton, MatIcon, MatProgressBar, RunTables],
  templateUrl: './run-progress.html',
  styleUrl: './run-progress.scss',
})
export class RunProgress {
  readonly run = input.required<Export>();
  readonly connectionLost = input(false);
  readonly mayCancel = input(false);
  readonly stopping = input(false);
  /** The server's clock minus this one's, in milliseconds. */
  readonly clockOffset = input(0);
  readonly cancelled = output();

  protected readonly show = inject(Measures);
  protected readonly stages = RUN_STAGES;
  protected readonly stageWords = STAGE_WORDS;
  private readonly now = signal(Date.now());

  protected readonly queued = computed(() => this.run().status === 'queued');
  protected readonly percent = computed(() => this.show.percent(this.run().progress.percent));
  protected readonly stage = computed(() => STAGE_WORDS[this.run().stage]);
  protected readonly valueText = computed(() => `${this.percent()}, ${this.stage()}`);
  protected readonly stageIndex = computed(() => this.stages.findIndex((stage) => stage === this.run().stage));
  protected readonly elapsed = computed(() => {
    const { startedAt, createdAt } = this.run();
    return (this.now() + this.clockOffset() - Date.parse(startedAt ?? createdAt)) / 1000;
  });

  constructor() {
    const timer = setInterval(() => {
      this.now.set(Date.now());
    }, 1_000);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }

  protected outOf(done: number, total: number | null): string {
    return total === null ? this.show.count(done) : `${this.show.count(done)} / ${this.show.count(total)}`;
  }
}

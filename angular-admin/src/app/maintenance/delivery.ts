import {
  computed,
  createEnvironmentInjector,
  DOCUMENT,
  effect,
  EnvironmentInjector,
  inject,
  Service,
  signal,
  untracked,
} from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';
import type { Export } from '../api/types';
import { Session } from '../session/session';
import { isActive } from '../words/export-words';
import { AskedHere } from './asked-here';
import { ExportWatch } from './export-watch';
import { FileDownload } from './file-download';

interface Awaited {
  readonly watch: ExportWatch;
  readonly injector: EnvironmentInjector;
}

/**
 * Follows what this tab asked for, on whatever screen it is, and starts each download when its file is ready: once over
 * all tabs, and also when the API is away just then.
 */
@Service()
export class Delivery {
  private readonly asked = inject(AskedHere);
  private readonly downloads = inject(FileDownload);
  private readonly session = inject(Session);
  private readonly snackBar = inject(MatSnackBar);
  private readonly parent = inject(EnvironmentInjector);
  /** Web Locks exist on HTTPS and localhost only; elsewhere the mark in `AskedHere` does nearly as well. */
  private readonly locks = inject(DOCUMENT).defaultView?.navigator.locks;

  private readonly awaited = signal<ReadonlyMap<string, Awaited>>(new Map());
  private readonly starting = new Set<string>();
  private owner: string | undefined;
  private leave = new AbortController();

  /** What this tab asked for since it was opened, newest first, as last heard of. */
  readonly runs = computed(() =>
    [...this.awaited().values()].map(({ watch }) => watch.current()).filter((run) => run !== null),
  );

  constructor() {
    this.resume(this.session.user()?.id);
    effect(() => {
      const owner = this.session.user()?.id;
      untracked(() => {
        this.resume(owner);
      });
    });
    effect(() => {
      for (const [id, { watch }] of this.awaited()) this.consider(id, watch);
    });
    effect(() => {
      const id = this.downloads.started();
      if (id === null) return;
      untracked(() => {
        this.asked.forget(id);
        this.asked.mark(id);
        this.tell();
      });
    });
  }

  /** The export was asked for here: its download starts by itself. */
  expect(ordered: Export): void {
    this.asked.add(ordered.id);
    this.follow(ordered.id, ordered);
  }

  /** The watch of an export that was asked for here. */
  watchOf(id: string | null): ExportWatch | null {
    return id === null ? null : (this.awaited().get(id)?.watch ?? null);
  }

  /** What this person asked for in this tab before it was reloaded, or before the session ended. */
  private resume(owner: string | undefined): void {
    if (owner === this.owner) return;
    this.owner = owner;
    this.leave.abort();
    this.leave = new AbortController();
    this.starting.clear();
    for (const { injector } of this.awaited().values()) injector.destroy();
    this.awaited.set(new Map());
    if (owner !== undefined) for (const id of [...this.asked.ids()].reverse()) this.follow(id);
  }

  private follow(id: string, known: Export | null = null): void {
    if (this.awaited().has(id)) return;
    const injector = createEnvironmentInjector([ExportWatch], this.parent);
    const watch = injector.get(ExportWatch);
    watch.follow(id, known);
    this.awaited.update((others) => new Map([[id, { watch, injector }], ...others]));
  }

  /** What is ready goes to the browser; what came to another end is no longer waited for. */
  private consider(id: string, watch: ExportWatch): void {
    const run = watch.current();
    if (watch.failure()?.status === 404) this.asked.forget(id);
    if (run === null || isActive(run) || !this.asked.ids().includes(id)) return;
    if (run.status === 'ready') void untracked(() => this.start(id));
    else this.asked.forget(id);
  }

  private async start(id: string): Promise<void> {
    if (this.starting.has(id)) return;
    this.starting.add(id);
    const { signal: leave } = this.leave;
    await this.alone(id, leave, async () => {
      const handed = await this.downloads.startPatiently(id, () => this.asked.take(id), leave);
      // A session that ended begins again with a sign-in; any other refusal stays what it is.
      if (typeof handed === 'object' && handed.status !== 401) this.asked.forget(id);
    });
  }

  /** One tab after another: a copy of this one finds out that there is nothing left to start. */
  private async alone(id: string, leave: AbortSignal, act: () => Promise<void>): Promise<void> {
    if (this.locks === undefined) {
      await act();
      return;
    }
    try {
      await this.locks.request(`pg-export.${id}`, { signal: leave }, async () => {
        if (this.asked.isStarted(id)) this.asked.forget(id);
        else await act();
      });
    } catch (error) {
      if (!leave.aborted) throw error;
    }
  }

  private tell(): void {
    const words = $localize`:quiet notification@@download.started:Export prêt : le téléchargement a commencé.`;
    this.snackBar.open(words, undefined, { duration: 6_000, politeness: 'polite' });
  }
}

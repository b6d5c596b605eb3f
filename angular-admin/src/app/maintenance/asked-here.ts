import { inject, Service } from '@angular/core';
import { type BrowserMemory, deviceMemory, tabMemory } from '../browser-memory';
import { Session } from '../session/session';

/** How many started downloads this browser remembers. */
const REMEMBERED = 50;

const wordsOf = (memory: BrowserMemory, key: string): string[] =>
  (memory.recall(key) ?? '').split(' ').filter((word) => word !== '');

/**
 * The exports this tab asked for and has not downloaded yet, and the one it shows. Kept for the tab and the person, so
 * that a reload, a change of language or a new sign-in in mid-export loses nothing.
 */
@Service()
export class AskedHere {
  private readonly session = inject(Session);

  /** Those whose download is still to start by itself, newest first. */
  ids(): readonly string[] {
    return wordsOf(tabMemory, this.key('asked'));
  }

  add(id: string): void {
    tabMemory.keep(this.key('asked'), [id, ...this.others(id)].join(' '));
    this.show(id);
  }

  forget(id: string): void {
    tabMemory.keep(this.key('asked'), this.others(id).join(' '));
  }

  /**
   * Whether this tab is to start the download now. The answer is yes once for all tabs of a browser that stores it: a
   * duplicated tab carries the list along.
   */
  take(id: string): boolean {
    const mine = this.ids().includes(id) && !this.isStarted(id);
    this.forget(id);
    if (mine) this.mark(id);
    return mine;
  }

  /** Whether its file went to the browser from any tab. */
  isStarted(id: string): boolean {
    return wordsOf(deviceMemory, 'started').includes(id);
  }

  /** Its file goes to the browser: no tab need start it by itself any more. */
  mark(id: string): void {
    const others = wordsOf(deviceMemory, 'started').filter((other) => other !== id);
    deviceMemory.keep('started', [id, ...others].slice(0, REMEMBERED).join(' '));
  }

  /** The export whose progress or end is on show in this tab. */
  shown(): string | null {
    return tabMemory.recall(this.key('shown'));
  }

  show(id: string): void {
    tabMemory.keep(this.key('shown'), id);
  }

  /** Nothing of it is worth being shown again. */
  hide(id: string): void {
    if (this.shown() === id) tabMemory.forget(this.key('shown'));
  }

  private others(id: string): string[] {
    return this.ids().filter((other) => other !== id);
  }

  private key(name: string): string {
    return `${name}.${this.session.user()?.id ?? ''}`;
  }
}

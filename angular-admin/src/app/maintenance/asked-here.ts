import { inject, Service } from '@angular/core';
import { tabMemory } from '../browser-memory';
import { Session } from '../session/session';

/**
 * The exports this tab asked for and has not downloaded yet: their download starts by itself, once. Kept for the tab
 * and the person, so that a reload, a change of language or a new sign-in in mid-export loses nothing.
 */
@Service()
export class AskedHere {
  private readonly session = inject(Session);

  private get key(): string {
    return `asked.${this.session.user()?.id ?? ''}`;
  }

  ids(): readonly string[] {
    return (tabMemory.recall(this.key) ?? '').split(' ').filter((id) => id !== '');
  }

  add(id: string): void {
    tabMemory.keep(this.key, [id, ...this.ids().filter((other) => other !== id)].join(' '));
  }

  /** Whether this tab asked for it; the answer is yes only once. */
  take(id: string): boolean {
    const ids = this.ids();
    if (!ids.includes(id)) return false;
    tabMemory.keep(this.key, ids.filter((other) => other !== id).join(' '));
    return true;
  }
}

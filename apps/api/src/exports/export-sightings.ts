import { ExportLedger, type PlacedExport, SharedQuestion } from '#lib/database';
import { Injectable } from '@nestjs/common';
import { etagOf, toView } from './export-view.js';
import type { Sighting } from './lookout-post.js';

/** Exports that are polled at the same time are few; one can have options of half a mebibyte. */
const MOST_KEPT = 50;

/** Exports as they are now, read and written once for all who ask. */
@Injectable()
export class ExportSightings {
  private readonly kept = new Map<string, Sighting>();
  private readonly whole = new SharedQuestion((ids: string[]) => this.read(ids));
  /** Most polls find what the one before found: which state an export is in costs little to ask, and nothing to write. */
  private readonly ifChanged = new SharedQuestion(async (ids: string[]) => {
    const found = new Map<string, Sighting>();
    const changed: string[] = [];
    for (const { id, version, queuePosition } of await this.ledger.findVersionsAmong(ids)) {
      const kept = this.kept.get(id);
      if (kept?.etag === etagOf({ version }, queuePosition)) found.set(id, kept);
      else changed.push(id);
    }
    return changed.length === 0 ? found : new Map([...found, ...(await this.read(changed))]);
  });

  constructor(private readonly ledger: ExportLedger) {}

  /** For one who asks again and again, and mostly finds no change. Undefined: there is no such export. */
  poll(id: string): Promise<Sighting | undefined> {
    return this.ifChanged.answerTo(id);
  }

  /** For one who has heard of a change: one query. Undefined: there is no such export. */
  look(id: string): Promise<Sighting | undefined> {
    return this.whole.answerTo(id);
  }

  private async read(ids: string[]): Promise<Map<string, Sighting>> {
    const found = new Map((await this.ledger.findPlacedAmong(ids)).map((one) => [one.row.id, sightingOf(one)]));
    for (const [id, sighting] of found) this.keep(id, sighting);
    return found;
  }

  private keep(id: string, sighting: Sighting): void {
    this.kept.delete(id);
    this.kept.set(id, sighting);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}

function sightingOf({ row, queuePosition }: PlacedExport): Sighting {
  return { row, etag: etagOf(row, queuePosition), json: JSON.stringify(toView(row, queuePosition)) };
}

import { ExportChanges } from '#lib/database';
import { isFinal, Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { ExportSightings } from './export-sightings.js';
import { type LookoutPace, LookoutPost, type Sighting } from './lookout-post.js';

/** A little more than a second: with the question whether its followers still may, an export costs less than one a second. */
const PACE: LookoutPace = { readMs: 1_200, hurriedReadMs: 250, proofMs: 15_000 };
/** A client that asks again and again is between two requests for a moment: what is known of its export is kept. */
const KEPT_MS = 5_000;

interface Manned {
  post: LookoutPost;
  followers: number;
  leaving: NodeJS.Timeout | undefined;
}

/** Follows exports for any number of clients, at the cost of one. */
@Injectable()
export class ExportLookout {
  private readonly posts = new Map<string, Manned>();
  private isListening = false;

  constructor(
    private readonly sightings: ExportSightings,
    private readonly changes: ExportChanges,
  ) {}

  /**
   * The export as it is now.
   * @throws {Refusal} `not_found`
   */
  async look(id: string): Promise<Sighting> {
    return found(await this.sightings.poll(id));
  }

  /**
   * The export's state, and each later one at most once a second, until it is final or `signal` is aborted. States
   * that come faster than they are taken are passed over for the newest.
   * @param seen the tag of the state that the follower has already
   * @throws {Refusal} `not_found`
   */
  async *follow(id: string, signal: AbortSignal, seen: string | null = null): AsyncGenerator<Sighting, void> {
    const manned = this.man(id);
    try {
      for (let known = seen; ;) {
        const sighting = await manned.post.next(known, signal);
        if (sighting === null) return;
        yield sighting;
        if (isFinal(sighting.row.status)) return;
        known = sighting.etag;
      }
    } finally {
      this.leave(id, manned);
    }
  }

  private man(id: string): Manned {
    this.listen();
    const manned = this.posts.get(id) ?? {
      post: new LookoutPost(
        async () => found(await this.sightings.look(id)),
        () => this.changes.isListening,
        PACE,
      ),
      followers: 0,
      leaving: undefined,
    };
    this.posts.set(id, manned);
    clearTimeout(manned.leaving);
    manned.followers += 1;
    return manned;
  }

  private leave(id: string, manned: Manned): void {
    manned.followers -= 1;
    if (manned.followers === 0) manned.leaving = setTimeout(() => this.posts.delete(id), KEPT_MS).unref();
  }

  /** Not before there is somebody to follow: processes that answer nobody need no connection for it. */
  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    const markAll = (which: (post: LookoutPost) => boolean) => {
      for (const { post } of this.posts.values()) if (which(post)) post.mark();
    };
    this.changes.tell({
      changed: (id) => this.posts.get(id)?.post.mark(),
      queueMoved: () => markAll(({ isWaiting }) => isWaiting),
      caughtUp: () => markAll(() => true),
    });
  }
}

/** @throws {Refusal} `not_found` */
function found(sighting: Sighting | undefined): Sighting {
  if (sighting === undefined) throw new Refusal('not_found', 'There is no such export.');
  return sighting;
}

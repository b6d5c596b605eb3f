import { setTimeout as sleep } from 'node:timers/promises';
import { readBackendsAtWork, readWorkDone } from '../backends-at-work.js';
import { connectToSource, disconnect } from '../source-client.js';
import { PROOF_APPLICATION } from './restore-target.js';
import type { ThrowawayServer } from './throwaway-server.js';

const INTERVAL_MS = 500;

/**
 * Feels whether a throwaway server is at work: the index of a big table is one statement, of which pg_restore says nothing
 * for longer than anybody would wait for a server that is stuck.
 * @param beat called whenever its backends have computed something
 */
export async function feelPulse(server: ThrowawayServer, beat: () => void, signal: AbortSignal): Promise<void> {
  // Not the restored database: what is foreign there may run when somebody signs in.
  const client = await connectToSource(server.address('postgres'), PROOF_APPLICATION, signal);
  try {
    let before: string | null = '';
    while (!signal.aborted) {
      const working = await readBackendsAtWork(client, PROOF_APPLICATION);
      const done = await readWorkDone(working);
      if (working.length > 0 && (done === null || done !== before)) beat();
      before = done;
      await sleep(INTERVAL_MS, undefined, { signal });
    }
  } finally {
    await disconnect(client);
  }
}

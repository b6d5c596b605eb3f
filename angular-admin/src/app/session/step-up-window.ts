import type { RequestFailure } from '../api/request-failure';

/** What came of it: why it failed; null: the provider has confirmed. */
type Outcome = RequestFailure | null;
type Message = { readonly outcome: Outcome } | 'heard';

/** Where the window comes back to. */
export const steppedUpPath = (asked: string): string => `/stepped-up/${asked}`;

/**
 * The page and the window that it has opened at the identity provider share nothing but their origin: on its way over
 * the provider's site the window loses its opener (Cross-Origin-Opener-Policy).
 */
const channelOf = (asked: string): BroadcastChannel => new BroadcastChannel(`pg-export.stepped-up.${asked}`);

/**
 * From the page: hears the window, and says so to it.
 * @param asked names this page's question, so that no other page takes the answer for its own
 * @returns stops listening
 */
export function hearStepUp(asked: string, heard: (outcome: Outcome) => void): () => void {
  const channel = channelOf(asked);
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data === 'heard') return;
    channel.postMessage('heard' satisfies Message);
    heard(data.outcome);
  });
  return () => {
    channel.close();
  };
}

/** From the window: tells the page what came of it. @param heard once it has; never, where there is no such page any more */
export function tellStepUp(asked: string, outcome: Outcome, heard: () => void): () => void {
  const channel = channelOf(asked);
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data === 'heard') heard();
  });
  channel.postMessage({ outcome } satisfies Message);
  return () => {
    channel.close();
  };
}

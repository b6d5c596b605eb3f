import { linkedSignal, type WritableSignal } from '@angular/core';

/**
 * The newest answer about one thing: null until there is one. What was heard stays while a later request about the same
 * thing is awaited or fails, and goes when something else is asked about.
 * @param about what is asked about
 * @param fresh the answer, where there is one at this moment
 */
export function lastHeard<Answer>(about: () => unknown, fresh: () => Answer | null): WritableSignal<Answer | null> {
  return linkedSignal<{ thing: unknown; answer: Answer | null }, Answer | null>({
    source: () => ({ thing: about(), answer: fresh() }),
    computation: ({ thing, answer }, previous) =>
      answer ?? (previous !== undefined && previous.source.thing === thing ? previous.value : null),
  });
}

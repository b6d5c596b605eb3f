import { httpResource, type HttpResourceRef, type HttpResourceRequest } from '@angular/common/http';
import { computed, type Signal, signal } from '@angular/core';
import { type RequestFailure, requestFailure } from './request-failure';

export interface Replaceable<Answer> {
  readonly answer: HttpResourceRef<Answer | undefined>;
  readonly failure: Signal<RequestFailure | null>;
  /** Asks anew, also while a question is under way: it may hang, or be older than what was done since. */
  readonly ask: () => void;
}

/** A question whose newest asking counts. In an injection context. */
export function replaceable<Answer>(question: () => HttpResourceRequest): Replaceable<Answer> {
  /** Counts the questions that took the place of one under way. */
  const turn = signal(0);
  const answer = httpResource<Answer>(() => {
    turn();
    return question();
  });
  return {
    answer,
    failure: computed(() => (answer.error() === undefined ? null : requestFailure(answer.error()))),
    ask: () => {
      if (!answer.reload()) turn.update((turns) => turns + 1);
    },
  };
}

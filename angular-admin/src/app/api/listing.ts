import { httpResource } from '@angular/common/http';
import { computed, type Signal } from '@angular/core';
import { lastHeard } from './last-heard';
import { type RequestFailure, requestFailure } from './request-failure';

/** A list of the API with the faces a screen needs: not yet known, failed, known. */
export interface Listing<T> {
  /** Null until the first answer of this address. What was heard of it stays while a later request fails. */
  readonly items: Signal<T | null>;
  readonly failure: Signal<RequestFailure | null>;
  reload(): void;
}

/** @param url what to read; in an injection context */
export function listing<T>(url: () => string): Listing<T> {
  const answer = httpResource<T>(url);
  return {
    items: lastHeard(url, () => (answer.hasValue() ? answer.value() : null)),
    failure: computed(() => (answer.error() === undefined ? null : requestFailure(answer.error()))),
    reload: () => {
      answer.reload();
    },
  };
}

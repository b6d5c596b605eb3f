import { tabMemory } from '../browser-memory';
import type { RequestFailure } from '../api/request-failure';

/** What of an address counts for whoever comes back from the identity provider. */
export interface ProviderAnswer {
  /** The address without the provider's part of it. */
  readonly url: string;
  /** Why the provider brought nobody back; null when it did. */
  readonly failure: RequestFailure | null;
}

const CODES: Partial<Record<string, string>> = {
  forbidden: 'provider_no_role',
  another_account: 'another_account',
  signed_in_as_another: 'signed_in_as_another',
  identity_provider_unavailable: 'identity_provider_unavailable',
};

/** The identity provider sends people back to where they wanted to go, with `signInError` when it did not work out. */
export function providerAnswer(address: string): ProviderAnswer {
  const [path = '', query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query);
  const reason = parameters.get('signInError');
  if (reason === null) return { url: address, failure: null };
  parameters.delete('signInError');
  const rest = parameters.toString();
  const code = CODES[reason] ?? 'provider_failed';
  const failure = { status: 401, code, detail: null, correlationId: null, retryAfterSeconds: null };
  return { url: rest === '' ? path : `${path}?${rest}`, failure };
}

const LEFT_AT = 'leftToProvider';

/** The provider takes people back to a path alone: the rest of the address waits here. */
export function leaveAt(address: string): void {
  tabMemory.keep(LEFT_AT, address);
}

/** The whole address that was left for the provider, once, if it is of this path. */
export function takeLeft(path: string): string | null {
  const left = tabMemory.recall(LEFT_AT);
  tabMemory.forget(LEFT_AT);
  return left !== null && left.split('?', 1)[0] === path.split('?', 1)[0] ? left : null;
}

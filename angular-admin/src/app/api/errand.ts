import { HttpClient } from '@angular/common/http';
import { inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { type RequestFailure, requestFailure } from './request-failure';

type Method = 'POST' | 'PATCH' | 'DELETE';

/** One write after another: whether one is under way, and why the last one failed. */
@Service({ autoProvided: false })
export class Errand {
  private readonly http = inject(HttpClient);

  readonly busy = signal(false);
  readonly failure = signal<RequestFailure | null>(null);

  /** The answer's body; undefined when it failed, which `failure` then tells. */
  async run<T>(method: Method, url: string, body?: object): Promise<T | undefined> {
    this.busy.set(true);
    this.failure.set(null);
    try {
      return await firstValueFrom(this.http.request<T>(method, url, { body }));
    } catch (error) {
      this.failure.set(requestFailure(error));
      return undefined;
    } finally {
      this.busy.set(false);
    }
  }

  /** As `run`, for what answers nothing: whether it was done. */
  async done(method: Method, url: string, body?: object): Promise<boolean> {
    await this.run(method, url, body);
    return this.failure() === null;
  }
}

import { provideHttpClient, withInterceptors, withNoXsrfProtection } from '@angular/common/http';
import { HttpTestingController, TestRequest, provideHttpClientTesting } from '@angular/common/http/testing';
import { EnvironmentProviders, Provider, Type } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter, Routes, TitleStrategy } from '@angular/router';
import { SIGN_IN_URL } from '../api/routes';
import { timeLimit } from '../api/time-limit';
import { provideIcons } from '../../theme/icons';
import { bearer } from '../session/bearer';
import { Session } from '../session/session';
import { stepUp } from '../session/step-up';
import { PageTitle } from '../shell/page-title';
import { signedIn } from './builders';
import { fakeChannels } from './fake-channels';

/** The panel's own wiring, with the network replaced at its border. */
export function setUpPanel(
  routes: Routes = [],
  providers: (Provider | EnvironmentProviders)[] = [],
): HttpTestingController {
  sessionStorage.clear();
  localStorage.clear();
  fakeChannels();
  TestBed.configureTestingModule({
    providers: [
      provideRouter(routes),
      provideHttpClient(withInterceptors([stepUp, bearer, timeLimit]), withNoXsrfProtection()),
      provideHttpClientTesting(),
      provideIcons(),
      { provide: TitleStrategy, useExisting: PageTitle },
      ...providers,
    ],
  });
  return TestBed.inject(HttpTestingController);
}

export async function signInAs(role: 'SUPER_ADMIN' | 'OPS'): Promise<void> {
  const done = TestBed.inject(Session).signIn('admin@localhost', 'secret');
  TestBed.inject(HttpTestingController).expectOne(SIGN_IN_URL).flush(signedIn(role));
  await done;
}

/** Lets promises and effects that are due run, with no clock involved. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  TestBed.tick();
}

export async function render<T>(
  component: Type<T>,
  inputs: Record<string, unknown> = {},
): Promise<ComponentFixture<T>> {
  const fixture = TestBed.createComponent(component);
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  await settle();
  return fixture;
}

/** The request that comes once dialogs have closed and files were loaded, which takes real time. */
export async function soon(method: string, url: string): Promise<TestRequest> {
  const http = TestBed.inject(HttpTestingController);
  for (;;) {
    await settle();
    const [request] = http.match({ method, url });
    if (request !== undefined) return request;
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** What the fixture says, in one line. */
export function textOf(fixture: ComponentFixture<unknown>): string {
  const element = fixture.nativeElement as HTMLElement;
  return element.textContent.replace(/\s+/g, ' ').trim();
}

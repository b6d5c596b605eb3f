import { OverlayContainer } from '@angular/cdk/overlay';
import { provideHttpClient, withInterceptors, withNoXsrfProtection } from '@angular/common/http';
import { ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import {
  provideRouter,
  TitleStrategy,
  withComponentInputBinding,
  withDisabledInitialNavigation,
} from '@angular/router';
import { provideIcons } from '../theme/icons';
import { timeLimit } from './api/time-limit';
import { routes } from './app.routes';
import { bearer } from './session/bearer';
import { stepUp } from './session/step-up';
import { OverlayLandmark } from './shell/overlay-landmark';
import { PageTitle } from './shell/page-title';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    // main.ts sets out for the first page in a task of its own; Angular would within its start.
    provideRouter(routes, withComponentInputBinding(), withDisabledInitialNavigation()),
    // The API reads a bearer header; its one cookie is SameSite=Strict. There is no XSRF cookie to echo.
    provideHttpClient(withInterceptors([stepUp, bearer, timeLimit]), withNoXsrfProtection()),
    provideIcons(),
    { provide: OverlayContainer, useClass: OverlayLandmark },
    { provide: TitleStrategy, useExisting: PageTitle },
  ],
};

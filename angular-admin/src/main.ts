import { bootstrapApplication } from '@angular/platform-browser';
import { Router } from '@angular/router';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { inOwnTask } from './app/assembly/own-task';
import { rememberedDetour } from './app/shell/languages';

/** In tasks of their own: reading the scripts, Angular's start, and the way to the first page are each long enough. */
async function start(): Promise<void> {
  await inOwnTask(null);
  const { injector } = await bootstrapApplication(App, appConfig).then(inOwnTask);
  injector.get(Router).initialNavigation();
}

const detour = rememberedDetour(location.pathname);
if (detour === null) {
  start().catch((error: unknown) => {
    console.error(error);
  });
} else {
  location.replace(detour);
}

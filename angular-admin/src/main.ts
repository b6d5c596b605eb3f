import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { inOwnTask } from './app/assembly/own-task';
import { rememberedDetour } from './app/shell/languages';

const detour = rememberedDetour(location.pathname);
if (detour === null) {
  // In a task of its own: reading the scripts has taken long enough.
  void inOwnTask(appConfig)
    .then((config) => bootstrapApplication(App, config))
    .catch((error: unknown) => {
      console.error(error);
    });
} else {
  location.replace(detour);
}

import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { rememberedDetour } from './app/shell/languages';

const detour = rememberedDetour(location.pathname);
if (detour === null) {
  // In a task of its own: reading the scripts has taken long enough.
  setTimeout(() => {
    bootstrapApplication(App, appConfig).catch((error: unknown) => {
      console.error(error);
    });
  });
} else {
  location.replace(detour);
}

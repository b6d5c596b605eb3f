import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { rememberedDetour } from './app/shell/languages';

const detour = rememberedDetour(location.pathname);
if (detour === null) {
  bootstrapApplication(App, appConfig).catch((error: unknown) => {
    console.error(error);
  });
} else {
  location.replace(detour);
}

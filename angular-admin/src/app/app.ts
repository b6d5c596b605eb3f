import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ColorScheme } from './shell/color-scheme';

@Component({
  selector: 'app-root',
  imports: [RouterOutlet],
  template: '<router-outlet />',
})
export class App {
  constructor() {
    // The colours follow the remembered choice from the first page on.
    inject(ColorScheme);
  }
}

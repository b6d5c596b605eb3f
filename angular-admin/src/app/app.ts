import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { PageAssembly } from './assembly/page-assembly';
import { ColorScheme } from './shell/color-scheme';

@Component({
  selector: 'app-root',
  imports: [RouterOutlet],
  template: '<router-outlet />',
  // The splash covers a page that is put together (styles.scss).
  host: { '[class.in-pieces]': 'assembly.covered()' },
})
export class App {
  protected readonly assembly = inject(PageAssembly);

  constructor() {
    // The colours follow the remembered choice from the first page on.
    inject(ColorScheme);
    this.assembly.begin();
  }
}

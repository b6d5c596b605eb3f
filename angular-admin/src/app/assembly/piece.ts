import { DestroyRef, Directive, inject, TemplateRef, ViewContainerRef } from '@angular/core';
import { PageAssembly } from './page-assembly';

/** `*appPiece`: something of a page that can be put there in a task of its own. */
@Directive({ selector: '[appPiece]' })
export class Piece {
  constructor() {
    const template = inject<TemplateRef<unknown>>(TemplateRef);
    const place = inject(ViewContainerRef);
    let gone = false;
    inject(DestroyRef).onDestroy(() => {
      gone = true;
    });
    inject(PageAssembly).add(() => {
      if (!gone) place.createEmbeddedView(template);
    });
  }
}

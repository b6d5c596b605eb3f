import { OverlayContainer } from '@angular/cdk/overlay';
import { Service } from '@angular/core';

/** Open menus stand outside the page's landmarks: this gives them one, so that nothing on the page is without. */
@Service()
export class OverlayLandmark extends OverlayContainer {
  protected override _createContainer(): void {
    super._createContainer();
    const container = this._containerElement;
    container?.setAttribute('role', 'region');
    container?.setAttribute('aria-label', $localize`:landmark of open menus@@overlays.label:Menus et dialogues`);
  }
}

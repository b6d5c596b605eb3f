import { Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { EmptyFace } from './empty-face';

@Component({
  selector: 'app-not-found-page',
  imports: [EmptyFace, MatButton, RouterLink],
  template: `
    <app-empty-face icon="search_off">
      <h1 i18n="@@notFound.title">Page introuvable</h1>
      <p i18n="@@notFound.words">Cette adresse ne mène nulle part.</p>
      <a matButton="tonal" routerLink="/maintenance" i18n="@@notFound.back">Aller à la maintenance</a>
    </app-empty-face>
  `,
})
export class NotFoundPage {}

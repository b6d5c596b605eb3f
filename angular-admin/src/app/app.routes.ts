import { Routes } from '@angular/router';
import { signedIn, signedOut } from './session/guards';

export const routes: Routes = [
  {
    path: 'sign-in',
    title: $localize`:page title@@page.signIn:Connexion`,
    canActivate: [signedOut],
    loadComponent: () => import('./session/sign-in-page').then((file) => file.SignInPage),
  },
  {
    path: 'unreachable',
    title: $localize`:page title@@page.unreachable:Serveur injoignable`,
    loadComponent: () => import('./faces/unreachable-page').then((file) => file.UnreachablePage),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell').then((file) => file.Shell),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'maintenance' },
      {
        path: 'maintenance',
        title: $localize`:page title@@page.maintenance:Maintenance`,
        loadComponent: () => import('./maintenance/maintenance-page').then((file) => file.MaintenancePage),
      },
      {
        path: '**',
        title: $localize`:page title@@page.notFound:Page introuvable`,
        loadComponent: () => import('./faces/not-found-page').then((file) => file.NotFoundPage),
      },
    ],
  },
];

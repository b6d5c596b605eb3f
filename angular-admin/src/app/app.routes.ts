import { Routes } from '@angular/router';
import { inOwnTask } from './assembly/own-task';
import { signedIn, signedOut, superAdmin } from './session/guards';

export const routes: Routes = [
  {
    path: 'sign-in',
    title: $localize`:page title@@page.signIn:Connexion`,
    canActivate: [signedOut],
    loadComponent: () => import('./session/sign-in-page').then(inOwnTask).then((file) => file.SignInPage),
  },
  {
    path: 'stepped-up/:asked',
    title: $localize`:window at the identity provider@@steppedUp.title:Retour du fournisseur d’identité`,
    loadComponent: () => import('./session/stepped-up-page').then(inOwnTask).then((file) => file.SteppedUpPage),
  },
  {
    path: 'unreachable',
    title: $localize`:page title@@page.unreachable:Serveur injoignable`,
    loadComponent: () => import('./faces/unreachable-page').then(inOwnTask).then((file) => file.UnreachablePage),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell').then(inOwnTask).then((file) => file.Shell),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'maintenance' },
      {
        path: 'maintenance',
        title: $localize`:page title@@page.maintenance:Maintenance`,
        loadComponent: () =>
          import('./maintenance/maintenance-page').then(inOwnTask).then((file) => file.MaintenancePage),
      },
      {
        path: 'history',
        title: $localize`:page@@historyPage.title:Historique`,
        loadComponent: () => import('./history/history-page').then(inOwnTask).then((file) => file.HistoryPage),
      },
      {
        path: 'history/:id',
        title: $localize`:section@@maintenance.export:Export`,
        loadComponent: () => import('./history/export-page').then(inOwnTask).then((file) => file.ExportPage),
      },
      {
        path: 'account',
        title: $localize`:page@@account.title:Mon compte`,
        loadComponent: () => import('./account/account-page').then(inOwnTask).then((file) => file.AccountPage),
      },
      {
        path: 'tokens',
        title: $localize`:page@@tokens.title:Jetons d’API`,
        canActivate: [superAdmin],
        loadComponent: () => import('./tokens/tokens-page').then(inOwnTask).then((file) => file.TokensPage),
      },
      {
        path: 'users',
        title: $localize`:page@@users.title:Comptes`,
        canActivate: [superAdmin],
        loadComponent: () => import('./users/users-page').then(inOwnTask).then((file) => file.UsersPage),
      },
      {
        path: 'audit',
        title: $localize`:page@@audit.title:Audit`,
        canActivate: [superAdmin],
        loadComponent: () => import('./audit/audit-page').then(inOwnTask).then((file) => file.AuditPage),
      },
      {
        path: '**',
        title: $localize`:page title@@page.notFound:Page introuvable`,
        loadComponent: () => import('./faces/not-found-page').then(inOwnTask).then((file) => file.NotFoundPage),
      },
    ],
  },
];

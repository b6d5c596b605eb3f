import { Location } from '@angular/common';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { render, settle, setUpPanel, textOf } from '../testing/panel-bed';
import { leaveAt } from './provider-answer';
import { ProviderReturn } from './provider-return';

@Component({ template: '' })
class BlankPage {}

describe('coming back from the identity provider', () => {
  beforeEach(() => {
    setUpPanel([{ path: '**', component: BlankPage }]);
  });

  async function comeTo(address: string) {
    await TestBed.inject(Router).navigateByUrl(address);
    const fixture = await render(ProviderReturn);
    await settle();
    return fixture;
  }

  it('leads to the whole address that was left, and says that the act can be done now', async () => {
    leaveAt('/history?status=failed');
    const fixture = await comeTo('/history');
    expect(textOf(fixture)).toContain('l’action peut être refaite maintenant');
    expect(TestBed.inject(Location).path()).toBe('/history?status=failed');
  });

  it('says that it did not work out, at the address that was left', async () => {
    leaveAt('/history?status=failed');
    const fixture = await comeTo('/history?signInError=unauthenticated');
    expect(textOf(fixture)).toContain('Le fournisseur d’identité ne vous a pas connecté.');
    expect(textOf(fixture)).not.toContain('refaite');
    expect(TestBed.inject(Location).path()).toBe('/history?status=failed');
  });

  it.each([
    ['forbidden', 'ne vous donne aucun rôle ici'],
    ['another_account', 'un autre compte que celui de la page'],
    ['signed_in_as_another', 'Un autre compte s’est connecté entre-temps'],
    ['identity_provider_unavailable', 'Le fournisseur d’identité ne répond pas.'],
  ])('says why: %s', async (reason, words) => {
    const fixture = await comeTo(`/users?signInError=${reason}`);
    expect(textOf(fixture)).toContain(words);
    expect(TestBed.inject(Location).path()).toBe('/users');
  });

  it('is silent again on the next page', async () => {
    const fixture = await comeTo('/users?signInError=forbidden');
    await TestBed.inject(Router).navigateByUrl('/tokens');
    await settle();
    expect(textOf(fixture)).toBe('');
  });

  it('says nothing to whoever was not there, or went elsewhere meanwhile', async () => {
    leaveAt('/history?status=failed');
    expect(textOf(await comeTo('/users'))).toBe('');
    expect(textOf(await comeTo('/history'))).toBe('');
    expect(TestBed.inject(Location).path()).toBe('/history');
  });
});

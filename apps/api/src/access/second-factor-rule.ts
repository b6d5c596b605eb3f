import type { UserEntity } from '#lib/database';
import type { Role } from '#lib/domain';

/** `REQUIRE_TOTP`: which accounts may do nothing else before they have set up a second factor. */
export class SecondFactorRule {
  constructor(private readonly required: boolean) {}

  isFor(role: Role): boolean {
    return this.required && role === 'SUPER_ADMIN';
  }

  /** Who signs in at the identity provider proves themselves there, by whatever it asks for. */
  isDue({
    role,
    totpConfirmedAt,
    passwordHash,
  }: Pick<UserEntity, 'role' | 'totpConfirmedAt' | 'passwordHash'>): boolean {
    return this.isFor(role) && totpConfirmedAt === null && passwordHash !== null;
  }
}

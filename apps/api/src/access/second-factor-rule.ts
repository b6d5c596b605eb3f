import type { UserEntity } from '#lib/database';
import type { Role } from '#lib/domain';

/** `REQUIRE_TOTP`: which accounts may do nothing else before they have set up a second factor. */
export class SecondFactorRule {
  constructor(private readonly required: boolean) {}

  isFor(role: Role): boolean {
    return this.required && role === 'SUPER_ADMIN';
  }

  isDue({ role, totpConfirmedAt }: Pick<UserEntity, 'role' | 'totpConfirmedAt'>): boolean {
    return this.isFor(role) && totpConfirmedAt === null;
  }
}
